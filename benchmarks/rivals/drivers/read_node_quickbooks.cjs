// node-quickbooks, unchanged: reads every page of every entity and keeps nothing.
const QuickBooks = require('node-quickbooks')
const env = process.env
QuickBooks.V3_ENDPOINT_BASE_URL = `${env.BENCH_URL}/v3/company/`
const books = new QuickBooks('id', 'secret', env.BENCH_ACCESS_TOKEN, false, env.BENCH_REALM, false, false, 75, '2.0', '')
books.endpoint = `${env.BENCH_URL}/v3/company/`
const page = 1000
const plural = (entity) => books.pluralize ? books.pluralize(entity) : `${entity}s`
async function main () {
  let records = 0
  for (const entity of env.BENCH_ENTITIES.split(',')) {
    const find = books['find' + plural(entity)].bind(books)
    for (let offset = 1; ; offset += page) {
      const answer = await new Promise((resolve, reject) =>
        find({ asc: 'Id', limit: page, offset }, (error, body) => error ? reject(error) : resolve(body)))
      const found = answer.QueryResponse[entity] || []
      records += found.length
      if (found.length < page) break
    }
  }
  console.log(JSON.stringify({ records }))
}
main().catch((error) => { console.error(error); process.exit(1) })
