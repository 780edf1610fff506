"""What is loaded behind the locked card, and that the garbage collector leaves it alone."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import gc, json, sys, threading
from clinicdesk.bootstrap.loading import Loading
loading = Loading()
loading.keys()
after_keys = sorted(sys.modules)
threads = [threading.Thread(target=loading.all) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
frozen = gc.get_freeze_count()
walked = len(gc.get_objects())
loading.all()
print(json.dumps([after_keys, sorted(sys.modules), frozen, walked, gc.get_freeze_count(), gc.isenabled()]))
"""


def test_parts_load_in_order_once_and_stay_out_of_the_collectors_rounds() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=240, check=True)
    after_keys, after_all, frozen, walked, frozen_again, enabled = json.loads(done.stdout)
    assert "clinicdesk.security.slots" in after_keys
    assert "sqlalchemy" not in after_keys
    assert {"clinicdesk.bootstrap.person", "clinicdesk.bootstrap.workstation", "sqlalchemy"} <= set(after_all)
    assert "pyhanko" not in after_all  # 30 MB that only a seal needs
    assert frozen > 20 * walked
    assert frozen_again == frozen
    assert enabled
