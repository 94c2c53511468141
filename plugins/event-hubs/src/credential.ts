import { type DeliveryError, MisconfiguredError, RetryError, type SinkContext } from "@forewarn/sdk";

/** The token of Event Hubs is asked for under this name in every Azure cloud. */
const eventHubsResource = "https://eventhubs.azure.net/";

/** A token and when it ends, in the shape of `@azure/core-auth`. */
export interface AccessToken {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresOnTimestamp: number;
}

/** What the SDK asks for tokens. */
export interface Credential {
  getToken(): Promise<AccessToken>;
}

/** Tokens of the VM's managed identity, from the agent, which keeps them and renews them before they expire. */
export function managedIdentity(
  azureToken: SinkContext["azureToken"],
  clientId: string | undefined,
): Credential {
  return {
    async getToken() {
      try {
        const asked = clientId === undefined ? {} : { clientId };
        const { token, expiresOn } = await azureToken(eventHubsResource, asked);
        return { token, expiresOnTimestamp: expiresOn };
      } catch (error) {
        throw noToken(error, clientId);
      }
    },
  };
}

/** The agent's IMDS client says of each error whether the same request may succeed later. */
function noToken(error: unknown, clientId: string | undefined): DeliveryError {
  const { retryable, message, status } = error as {
    readonly retryable?: unknown;
    readonly message?: string;
    readonly status?: number;
  };
  const why = message ?? String(error);
  const details = status === undefined ? {} : { status };
  if (retryable !== false) return new RetryError(`no token of the managed identity: ${why}`, details);
  const cure =
    clientId === undefined
      ? "assign one to this VM (az vm identity assign), or name a user assigned one with the option clientId"
      : "check that the identity of the option clientId is assigned to this VM (az vm identity show)";
  return new MisconfiguredError(`no token of the managed identity: ${why}; ${cure}`, details);
}

/** Just what is used of the package `@azure/identity`, which is an optional peer. */
interface AzureIdentity {
  readonly DefaultAzureCredential: new (options: { readonly managedIdentityClientId?: string }) => {
    getToken(scope: string): Promise<AccessToken | null>;
  };
}

/** Tokens of what `DefaultAzureCredential` finds; throws a `MisconfiguredError` where `@azure/identity` is not installed. */
export async function azureIdentity(
  clientId: string | undefined,
  load: () => Promise<unknown> = () => import("@azure/identity"),
): Promise<Credential> {
  const { DefaultAzureCredential } = await loaded(load);
  const credential = new DefaultAzureCredential(
    clientId === undefined ? {} : { managedIdentityClientId: clientId },
  );
  return {
    async getToken() {
      try {
        const token = await credential.getToken(`${eventHubsResource}.default`);
        if (token !== null) return token;
      } catch (error) {
        throw identityError(error);
      }
      throw new RetryError("@azure/identity gave no token");
    },
  };
}

async function loaded(load: () => Promise<unknown>): Promise<AzureIdentity> {
  try {
    return (await load()) as AzureIdentity;
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: string };
    const why = code === "ERR_MODULE_NOT_FOUND" ? "is not installed" : `cannot be loaded (${message ?? ""})`;
    throw new MisconfiguredError(
      `option auth: azure-identity needs the package @azure/identity, which ${why}: npm install @azure/identity beside forewarn, or use managed-identity`,
    );
  }
}

interface IdentityError {
  readonly name?: string;
  readonly message?: string;
  readonly statusCode?: number;
  readonly errors?: readonly unknown[];
}

/** A person must act where no credential is there or Entra ID refuses it; all else may pass. */
function identityError(error: unknown): DeliveryError {
  // The first line; what follows lists every credential that was tried.
  const why = ((error as IdentityError).message ?? String(error)).split("\n", 1)[0] ?? "";
  if (!isRefused(error)) return new RetryError(`no token of @azure/identity: ${why}`);
  return new MisconfiguredError(
    `no token of @azure/identity: ${why}; check which credential DefaultAzureCredential should find here`,
  );
}

function isRefused(error: unknown): boolean {
  const { name, statusCode = 0, errors } = error as IdentityError;
  if (errors !== undefined && errors.length > 0) return errors.every(isRefused);
  if (name === "CredentialUnavailableError") return true;
  return name === "AuthenticationError" && statusCode >= 400 && statusCode < 500 && statusCode !== 429;
}
