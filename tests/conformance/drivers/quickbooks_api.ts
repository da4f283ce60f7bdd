// Gives quickbooks-api's own live tests what they want in their environment (a serialised token), and runs them.
import { AuthProvider, AuthScopes } from "./src/app";

const env = process.env;
const redirect = "http://localhost:8080/callback";
const provider = new AuthProvider(env.QBOSIM_CLIENT_ID!, env.QBOSIM_CLIENT_SECRET!, redirect, [AuthScopes.Accounting]);
await provider.setToken({
  tokenType: "bearer",
  accessToken: env.QBOSIM_ACCESS_TOKEN!,
  accessTokenExpiryDate: new Date(Date.now() + 3_500_000),
  refreshToken: env.QBOSIM_REFRESH_TOKEN!,
  refreshTokenExpiryDate: new Date(Date.now() + 8_000_000_000),
  realmId: env.QBOSIM_REALM_ID!,
});
const secret = "a secret of the conformance runner, not of anybody";
const done = Bun.spawnSync([process.execPath, "test", "--timeout", "15000", "__live-tests__"], {
  env: {
    ...env,
    QB_CLIENT_ID: env.QBOSIM_CLIENT_ID,
    QB_CLIENT_SECRET: env.QBOSIM_CLIENT_SECRET,
    REDIRECT_URI: redirect,
    SERIALIZED_TOKEN: await provider.serializeToken(secret),
    SECRET_KEY: secret,
  },
  stdout: "inherit",
  stderr: "inherit",
});
process.exit(done.exitCode);
