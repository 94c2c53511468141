/** Asks for a token as any program on a VM would, and prints it as JSON; arguments: scope, client id. */
import { ManagedIdentityCredential } from "@azure/identity";

const [scope = "", clientId] = process.argv.slice(2);
const credential =
  clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
const outcome = await credential.getToken(scope).then(
  ({ token, expiresOnTimestamp }) => ({ token, expiresOnTimestamp }),
  (error: Error) => ({ error: `${error.name}: ${error.message}` }),
);
process.stdout.write(JSON.stringify(outcome));
