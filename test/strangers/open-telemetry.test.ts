import { expect, test } from "vitest";
import { whyNoNamespace } from "../e2e/namespace.ts";
import { atAzure, programOf } from "./at-azure.ts";

const why = whyNoNamespace();
if (why !== undefined) console.log(`SKIPPED OpenTelemetry's detector at 169.254.169.254: ${why}`);

test.skipIf(why !== undefined)(
  "OpenTelemetry's detector of Azure VMs, unmodified, sees the simulated VM",
  async () => {
    await using azure = await atAzure({
      vm: {
        name: "aks-pool1-12345678-vmss_25",
        vmScaleSetName: "aks-pool1-12345678-vmss",
        location: "swedencentral",
      },
    });
    const ran = await azure.run(process.execPath, ...programOf("open-telemetry.ts"));
    expect(ran, ran.stderr).toMatchObject({ status: 0 });
    expect(JSON.parse(ran.stdout)).toEqual({
      "azure.vm.scaleset.name": "aks-pool1-12345678-vmss",
      "azure.vm.sku": "server",
      "cloud.platform": expect.stringMatching(/^azure[._]vm$/),
      "cloud.provider": "azure",
      "cloud.region": "swedencentral",
      "cloud.resource_id":
        "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-sample/providers/Microsoft.Compute/virtualMachineScaleSets/aks-pool1-12345678-vmss/virtualMachines/25",
      "host.id": "02aab8a4-74ef-476e-8182-f6d2ba4166a6",
      "host.name": "aks-pool1-12345678-vmss_25",
      "host.type": "Standard_D2s_v5",
      "os.version": "24.04.202604010",
    });
  },
);
