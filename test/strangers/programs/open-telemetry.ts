/** Prints what OpenTelemetry's detector makes of the machine it runs on, as JSON. */
import { azureVmDetector } from "@opentelemetry/resource-detector-azure";

const attributes = Object.entries(azureVmDetector.detect().attributes ?? {});
const known = await Promise.all(attributes.map(async ([name, value]) => [name, await value]));
process.stdout.write(JSON.stringify(Object.fromEntries(known)));
