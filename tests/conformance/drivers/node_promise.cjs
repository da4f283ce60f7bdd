// quickbooks-node-promise, unchanged: the code flow's tokens, every find and report, and the life of a sale.
const Quickbooks = require("quickbooks-node-promise").default || require("quickbooks-node-promise");
const env = process.env;

function tell(check, failure) {
  console.log(JSON.stringify({ check, failure: failure === undefined ? null : String(failure).slice(0, 2000) }));
}

async function attempt(check, work) {
  try {
    const found = await work();
    tell(check);
    return found;
  } catch (wrong) {
    tell(check, wrong && wrong.message ? wrong.message + " " + JSON.stringify(wrong.Fault || wrong.fault || "") : wrong);
    return undefined;
  }
}

function same(found, wanted) {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`);
}

async function main() {
  const realms = {};
  const config = {
    appKey: env.QBOSIM_CLIENT_ID, appSecret: env.QBOSIM_CLIENT_SECRET, redirectUrl: "http://localhost:8080/callback",
    scope: [Quickbooks.scopes.Accounting, Quickbooks.scopes.OpenId], useProduction: false, autoRefresh: true, minorversion: 75,
    getToken: async (realm) => realms[realm], saveToken: async (realm, token) => (realms[realm] = token),
  };
  const realm = env.QBOSIM_REALM_ID;
  realms[realm] = { realmID: realm, access_token: env.QBOSIM_ACCESS_TOKEN, refresh_token: env.QBOSIM_REFRESH_TOKEN, token_type: "bearer", expires_in: 3600, x_refresh_token_expires_in: 8726400 };
  const books = new Quickbooks(config, realm);
  await attempt("refreshAccessToken", () => books.refreshAccessToken());
  const verbs = Object.keys(books).filter((name) => typeof books[name] === "function");
  for (const name of verbs.filter((each) => /^find[A-Z]/.test(each))) await attempt(name, () => books[name]());
  for (const name of verbs.filter((each) => /^report[A-Z]/.test(each))) await attempt(name, () => books[name]({}));
  await attempt("getCompanyInfo", () => books.getCompanyInfo(realm));
  await attempt("getPreferences", () => books.getPreferences());
  await attempt("a sale: customer, item, invoice, payment, its end, mail, pdf, void", async () => {
    const customer = (await books.createCustomer({ DisplayName: "Conformance Ltd", PrimaryEmailAddr: { Address: "a@conformance.example" } })).Customer;
    const account = (await books.findAccounts({ AccountType: "Income", limit: 1 })).QueryResponse.Account[0];
    const item = (await books.createItem({ Name: "Conformance", Type: "Service", UnitPrice: 10, IncomeAccountRef: { value: account.Id } })).Item;
    const invoice = (await books.createInvoice({ CustomerRef: { value: customer.Id }, Line: [{ Amount: 20, DetailType: "SalesItemLineDetail", SalesItemLineDetail: { ItemRef: { value: item.Id }, Qty: 2, UnitPrice: 10 } }] })).Invoice;
    const payment = (await books.createPayment({ CustomerRef: { value: customer.Id }, TotalAmt: 20, Line: [{ Amount: 20, LinkedTxn: [{ TxnId: invoice.Id, TxnType: "Invoice" }] }] })).Payment;
    same((await books.getInvoice(invoice.Id)).Invoice.Balance, 0);
    await books.deletePayment({ Id: payment.Id, SyncToken: payment.SyncToken });
    const open = (await books.getInvoice(invoice.Id)).Invoice;
    same(open.Balance, 20);
    await books.sendInvoicePdf(invoice.Id, "b@conformance.example");
    const pdf = await books.getInvoicePdf(invoice.Id);
    same(Buffer.from(pdf).subarray(0, 4).toString(), "%PDF");
    const sent = (await books.getInvoice(invoice.Id)).Invoice;
    await books.updateInvoice({ Id: sent.Id, SyncToken: sent.SyncToken, sparse: true, PrivateNote: "seen" });
    await books.voidInvoice((await books.getInvoice(invoice.Id)).Invoice);
    const voided = (await books.getInvoice(invoice.Id)).Invoice;
    same(voided.TotalAmt, 0);
    await books.deleteInvoice(voided);
    await books.updateCustomer({ Id: customer.Id, SyncToken: "0", sparse: true, Active: false });
  });
  await attempt("batch", async () => {
    const done = await books.batch([{ operation: "create", Customer: { DisplayName: "Conformance in a batch" } }, { Query: "select * from Customer maxresults 2" }]);
    same(done.BatchItemResponse.length, 2);
  });
  await attempt("changeDataCapture", () => books.changeDataCapture(["Customer", "Invoice"], new Date(Date.now() - 86400000)));
  await attempt("revokeAccess", () => books.revokeAccess(false));
}

main().catch((wrong) => tell("the driver", wrong.stack));
