/** Why no package was made: its name, or the place where it should stand. The message says what to do. */
export class CreateError extends Error {
  override readonly name = "CreateError";
  readonly fault: "name" | "place";

  constructor(fault: "name" | "place", message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}
