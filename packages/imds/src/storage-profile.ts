const DISK = {
  caching: "text",
  createOption: "text",
  diffDiskSettings: { option: "text" },
  diskSizeGB: "text",
  encryptionSettings: {
    enabled: "text",
    diskEncryptionKey: { sourceVault: { id: "text" }, secretUrl: "text" },
    keyEncryptionKey: { sourceVault: { id: "text" }, keyUrl: "text" },
  },
  image: { uri: "text" },
  managedDisk: { id: "text", storageAccountType: "text" },
  name: "text",
  osType: "text",
  vhd: { uri: "text" },
  writeAcceleratorEnabled: "text",
} as const;

/** `compute.storageProfile` of the instance document (Azure docs: Instance Metadata Service, "Storage profile"). */
export const STORAGE_PROFILE = {
  imageReference: {
    id: "text",
    offer: "text",
    publisher: "text",
    sku: "text",
    version: "text",
    communityGalleryImageId: "text",
    sharedGalleryImageId: "text",
    exactVersion: "text",
  },
  osDisk: DISK,
  dataDisks: [
    {
      ...DISK,
      lun: "text",
      isSharedDisk: "text",
      isUltraDisk: "text",
      /** Ultra Disk only, else "". */
      bytesPerSecondThrottle: "text",
      diskCapacityBytes: "text",
      opsPerSecondThrottle: "text",
    },
  ],
  /** The local temporary disk in kB, "0" if none. */
  resourceDisk: { size: "text" },
} as const;
