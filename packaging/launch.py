"""Where the bundle starts."""

import sys

from clinicdesk.__main__ import main

sys.exit(main())
