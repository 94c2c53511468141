import {
  type Static,
  type TArray,
  type TArrayOptions,
  type TBoolean,
  type TEnum,
  type TEnumValue,
  type TInteger,
  type TNumber,
  type TNumberOptions,
  type TObject,
  type TObjectOptions,
  type TProperties,
  type TSchema,
  type TSchemaOptions,
  type TString,
  type TStringOptions,
  type TUnion,
  Type as TypeBox,
} from "typebox";

/** What a schema's type says of its default, so that options may be left out where there is one. */
export type Told<Options> = Options extends { readonly default: infer Value }
  ? { readonly default: Value }
  : unknown;

/** The builders of TypeBox whose types forget the default that they are given. */
interface Defaulting {
  Array<Item extends TSchema, const Options extends TArrayOptions>(
    items: Item,
    options?: Options,
  ): TArray<Item> & Told<Options>;
  Boolean<const Options extends TSchemaOptions>(options?: Options): TBoolean & Told<Options>;
  Enum<Values extends TEnumValue[], const Options extends TSchemaOptions>(
    values: readonly [...Values],
    options?: Options,
  ): TEnum<Values> & Told<Options>;
  Integer<const Options extends TNumberOptions>(options?: Options): TInteger & Told<Options>;
  Number<const Options extends TNumberOptions>(options?: Options): TNumber & Told<Options>;
  Object<Properties extends TProperties, const Options extends TObjectOptions>(
    properties: Properties,
    options?: Options,
  ): TObject<Properties> & Told<Options>;
  String<const Options extends TStringOptions>(options?: Options): TString & Told<Options>;
  Union<Types extends TSchema[], const Options extends TSchemaOptions>(
    types: [...Types],
    options?: Options,
  ): TUnion<Types> & Told<Options>;
}

/** TypeBox, whose types here also remember defaults. */
export const Type = TypeBox as unknown as Omit<typeof TypeBox, keyof Defaulting> & Defaulting;

type Defaulted<Options extends TObject> = {
  [Key in keyof Options["properties"]]: Options["properties"][Key] extends { readonly default: unknown }
    ? Key
    : never;
}[keyof Options["properties"]] &
  keyof Static<Options>;

/** What may be given for options of this schema: those with a default, and optional ones, may be left out. */
export type OptionsInput<Options extends TObject> = Omit<Static<Options>, Defaulted<Options>> &
  Partial<Pick<Static<Options>, Defaulted<Options>>>;
