/** A managed identity that was given to the VM; the ids that nobody gave follow from the VM. */
export interface ManagedIdentity {
  /** The name of a user-assigned identity; absent = the system-assigned one. */
  readonly name?: string;
  readonly clientId?: string;
  /** The object id of its service principal. */
  readonly objectId?: string;
  /** The ARM id: that of the VM for the system-assigned one. */
  readonly resourceId?: string;
}
