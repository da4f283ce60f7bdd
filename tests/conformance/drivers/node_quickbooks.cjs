// What node-quickbooks' own tests want in a file config.js beside them; the package is published without it.
const env = process.env;
module.exports = {
  consumerKey: env.QBOSIM_CLIENT_ID,
  consumerSecret: env.QBOSIM_CLIENT_SECRET,
  token: env.QBOSIM_ACCESS_TOKEN,
  tokenSecret: "unused with OAuth 2",
  refreshToken: env.QBOSIM_REFRESH_TOKEN,
  realmId: env.QBOSIM_REALM_ID,
  useSandbox: true,
  debug: false,
  minorversion: 75,
  oauthversion: "2.0",
  testEmail: "pat@conformance.example",
};
