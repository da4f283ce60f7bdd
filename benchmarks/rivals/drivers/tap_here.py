"""tap-quickbooks, unchanged but for Intuit's address."""

from __future__ import annotations

import os
import sys

import tap_quickbooks
from tap_quickbooks import client

client.PROD_ENDPOINT_BASE = client.SANDBOX_ENDPOINT_BASE = os.environ["BENCH_URL"]
client.TOKEN_REFRESH_URL = f"{os.environ['BENCH_URL']}/oauth2/v1/tokens/bearer"

if __name__ == "__main__":
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    sys.exit(tap_quickbooks.main())
