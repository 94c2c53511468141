import type { AnySinkDefinition, OptionsInput, SinkDefinition, TObject } from "@forewarn/sdk";
import type { AgentOptions, SinkOptions } from "./settings.ts";

/** The `options` that go with a definition: its own, those with a default left out as one likes; anything where its type is not known. */
type OptionsOf<Definition> =
  Definition extends SinkDefinition<infer Options extends TObject>
    ? Record<never, never> extends OptionsInput<Options>
      ? { readonly options?: OptionsInput<Options> }
      : { readonly options: OptionsInput<Options> }
    : { readonly options?: unknown };

/** One sink whose options are those of its definition. */
export type SinkOptionsOf<Definition extends AnySinkDefinition> = Omit<
  SinkOptions,
  "definition" | "options"
> & { readonly definition: Definition } & OptionsOf<Definition>;

/** {@link AgentOptions} in which each sink's options are inferred from its definition. */
export type AgentOptionsOf<Definitions extends readonly AnySinkDefinition[]> = Omit<AgentOptions, "sinks"> & {
  readonly sinks: readonly [...{ [Index in keyof Definitions]: SinkOptionsOf<Definitions[Index]> }];
};
