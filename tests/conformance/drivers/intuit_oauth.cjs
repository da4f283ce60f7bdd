// intuit-oauth for Node, unchanged: consent, code flow, id_token, user, calls, refresh, revocation.
const OAuthClient = require("intuit-oauth");
const env = process.env;

async function attempt(check, work) {
  let failure = null;
  try {
    await work();
  } catch (wrong) {
    failure = String((wrong && (wrong.stack || wrong.message)) || wrong).slice(0, 2000);
  }
  console.log(JSON.stringify({ check, failure }));
}

function demand(truth, what) {
  if (!truth) throw new Error(what);
}

async function consented(address) {
  const page = await (await fetch(address)).text();
  const fields = new URLSearchParams();
  for (const [tag] of page.matchAll(/<input[^>]*>/g)) {
    const value = (name) => (tag.match(new RegExp(`${name}="([^"]*)"`)) || ["", ""])[1].replaceAll("&amp;", "&");
    if (value("type") !== "radio" || / checked/.test(tag)) fields.set(value("name"), value("value"));
  }
  fields.set("decision", "connect");
  const target = address.split("?")[0];
  const answer = await fetch(target, { method: "POST", body: fields, redirect: "manual" });
  return answer.headers.get("location");
}

async function main() {
  const client = new OAuthClient({
    clientId: env.QBOSIM_CLIENT_ID, clientSecret: env.QBOSIM_CLIENT_SECRET, environment: "sandbox",
    redirectUri: "http://localhost:8080/callback", logging: false,
  });
  const { Accounting, OpenId, Email, Profile } = OAuthClient.scopes;
  let callback;
  await attempt("authorizeUri and consent", async () => {
    callback = await consented(client.authorizeUri({ scope: [Accounting, OpenId, Email, Profile], state: "state" }));
    demand(callback.includes("code="), callback);
  });
  await attempt("createToken", async () => {
    const made = (await client.createToken(callback)).getJson();
    demand(made.token_type === "bearer" && made.expires_in === 3600 && made.id_token, JSON.stringify(made));
    demand(client.getToken().realmId === env.QBOSIM_REALM_ID, "the realm");
  });
  await attempt("a code is good once", async () => {
    const again = new OAuthClient({ clientId: env.QBOSIM_CLIENT_ID, clientSecret: env.QBOSIM_CLIENT_SECRET, environment: "sandbox", redirectUri: "http://localhost:8080/callback" });
    const refused = await again.createToken(callback).then(() => null, (wrong) => wrong);
    demand(refused, "taken twice");
  });
  await attempt("validateIdToken", async () => demand(await client.validateIdToken(), "not valid"));
  await attempt("getUserInfo", async () => demand((await client.getUserInfo()).getJson().email, "no e-mail"));
  const base = OAuthClient.environment.sandbox + "v3/company/" + env.QBOSIM_REALM_ID;
  await attempt("makeApiCall", async () => {
    const told = (await client.makeApiCall({ url: `${base}/companyinfo/${env.QBOSIM_REALM_ID}` })).json;
    demand(told.CompanyInfo.CompanyName, JSON.stringify(told));
  });
  await attempt("makeApiCall that is refused", async () => {
    const refused = await client.makeApiCall({ url: `${base}/customer/999999` }).then(() => null, (wrong) => wrong);
    demand(refused && refused.code === "610" && refused.intuitTid, JSON.stringify(refused));
  });
  await attempt("refresh", async () => {
    const before = client.getToken().access_token;
    await client.refresh();
    demand(client.isAccessTokenValid() && client.getToken().access_token !== before, "the old token");
  });
  await attempt("refreshUsingToken", () => client.refreshUsingToken(client.getToken().refresh_token));
  await attempt("two refreshes at once", () => Promise.all([client.refresh(), client.refresh()]));
  await attempt("revoke", async () => {
    const old = client.getToken().refresh_token;
    await client.revoke();
    const refused = await client.refreshUsingToken(old).then(() => null, (wrong) => wrong);
    demand(refused, "still good");
  });
}

main();
