/** A node of the instance document: every leaf is a string, as on Azure, also numbers and booleans. */
export type InstanceNode = string | readonly InstanceNode[] | { readonly [key: string]: InstanceNode };

/** The instance document as a whole. */
export type InstanceDocument = { readonly [key: string]: InstanceNode };
