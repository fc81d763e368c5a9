#!/usr/bin/env python
"""Exit 0 when this container's worker says that it is well, 1 when it does not answer or is not."""

from __future__ import annotations

import os
import sys
import urllib.request

TIMEOUT_SECONDS = 4
# The page is this container's own: no proxy is asked.
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    direct.open(f"http://127.0.0.1:{os.environ.get('NHIP_PAGE_PORT', '6066')}/readyz", timeout=TIMEOUT_SECONDS).close()
except OSError as error:
    sys.exit(f"not well: {error}")
