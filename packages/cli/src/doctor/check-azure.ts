import { isImdsError } from "@forewarn/imds";
import { about, type Finding } from "./finding.ts";
import type { Patient } from "./patient.ts";

const { ok, note, fail } = about("azure");

/** The chassis asset tag of every Azure VM (cloud-init's Azure datasource looks for the same). */
const azureTag = "7783-7084-3265-9085-8269-3286-77";

/** On Azure or not, and how one knows: by IMDS, whose instance document is kept, and by what the firmware says. */
export async function* checkAzure(patient: Patient): AsyncIterable<Finding> {
  const isTagged = patient.machine.read("/sys/class/dmi/id/chassis_asset_tag")?.trim() === azureTag;
  try {
    patient.instance = await patient.client.instance();
  } catch (error) {
    if (!isImdsError(error)) throw error;
    yield fail(
      isTagged
        ? `The firmware says that this is an Azure VM, but IMDS does not answer well: ${error.message}`
        : `Nothing says that this is an Azure VM: the firmware does not, and IMDS does not answer well: ${error.message}`,
      isTagged ? undefined : "to try forewarn anywhere: forewarn run --simulate --print",
    );
    return;
  }
  const { name, vmId, vmSize, location, azEnvironment } = patient.instance.compute ?? {};
  if (vmId === undefined || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(vmId)) {
    yield fail(
      `Something answers as IMDS, but names no vmId that could be one (${JSON.stringify(vmId)})`,
      "see what stands at that address: forewarn imds instance --raw",
    );
    return;
  }
  const where = [vmSize, location, azEnvironment].filter((each) => each !== undefined && each !== "");
  yield ok(
    `This is the Azure VM ${name} (${where.join(", ")}): IMDS says so${isTagged ? ", and so does the firmware" : ""}`,
  );
  if (!isTagged && patient.machine.platform === "linux")
    yield note("The firmware does not say that this is an Azure VM: a container, or a simulator, may be why");
}
