"""The built-in host: a small ledger of clients, services, tax regions, terms, documents and payments."""
