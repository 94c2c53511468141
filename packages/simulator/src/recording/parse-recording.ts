import { readDocument } from "../checked/located-document.ts";
import { fileError } from "../checked/render-findings.ts";
import { createShape } from "../checked/shape.ts";
import { RecordingSchema } from "./recording-schema.ts";
import type { Recording } from "./recording.ts";

const recordingShape = createShape(RecordingSchema, "the recording");

/** The recording of a text in JSON or YAML, `file` being its name in messages; throws a FileError with all that is wrong. */
export function parseRecording(file: string, text: string): Recording {
  const document = readDocument(file, text);
  if (document.broken.length > 0) throw fileError(document, "RECORDING", []);
  const findings = recordingShape(document.value);
  if (findings.length > 0) throw fileError(document, "RECORDING", findings);
  return document.value as Recording;
}
