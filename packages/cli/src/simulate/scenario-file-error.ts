/** A scenario file that cannot be used; the message shows each mistake with its line. */
export class ScenarioFileError extends Error {
  override readonly name = "ScenarioFileError";
}
