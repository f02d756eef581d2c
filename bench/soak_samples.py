"""What `make soak` reads of the running product: /proc for each process, and what the stores say of their clients."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import psycopg2
import redis

from bench.stack import family
from tests.support.disasters import parent_of
from tests.support.stack import Stack


class Sampler:
    """Its own connection to each store is one of those that are counted."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.database = psycopg2.connect(os.environ["DATABASE_URL"])
        self.database.autocommit = True
        self.valkey = redis.Redis.from_url(os.environ["REDIS_URL"])
        self.stores = {
            "postgres": parent_of(self.database.info.backend_pid),
            "valkey": int(self.valkey.info("server")["process_id"]),
        }

    def look(self) -> dict[tuple[str, str], float]:
        """(part, figure) -> value now. Memory in MB."""
        found: dict[tuple[str, str], float] = {}
        for part, pid in self.parts().items():
            with suppress(OSError):  # it ends at this moment
                found |= {(part, figure): value for figure, value in of_process(pid).items()}
        backends = list(map(memory, family(self.stores["postgres"])))
        found["postgres", "pss"] = sum(backends)
        found["valkey", "pss"] = memory(self.stores["valkey"])
        with self.database.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
            found["connections", "database"] = float(cursor.fetchone()[0])
        clients = self.valkey.info("clients")
        found["connections", "Valkey"] = float(clients["connected_clients"])
        found["connections", "Valkey pubsub"] = float(clients.get("pubsub_clients", 0))
        found["all", "processes"] = float(len(family(self.stack.process.pid)))
        return found

    def parts(self) -> dict[str, int]:
        """The lasting processes by name; what a worker or the studio starts for one job is counted among all processes only."""
        top = self.stack.process.pid
        found = {"supervisor": top}
        for pid in sorted(family(top) - {top}):
            with suppress(OSError):
                program, _, name = Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").rpartition("\0")
                if parent_of(pid) == top and program.endswith("main.py"):
                    found[f"{name} 2" if name in found else name] = pid
        return found

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()
        self.valkey.close()


def of_process(pid: int) -> dict[str, float]:
    """Figures of one process. `pss` counts what several share in parts, so that the sum is what the machine spends."""
    opened = _opened(pid)
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return {
        "rss": resident,
        "pss": memory(pid),
        "descriptors": float(len(opened)),
        "sockets": float(sum(one.startswith("socket:") for one in opened)),
        "threads": float(len(list(Path(f"/proc/{pid}/task").iterdir()))),
    }


def memory(pid: int) -> float:
    """Proportional set size in MB, 0 if it is gone; PostgreSQL's shared buffers not counted: the orders fill them, up to a size
    that is set."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return 0.0
    sizes = {line.partition(":")[0]: int(line.split()[1]) for line in lines}
    return (sizes["Pss"] - sizes.get("Pss_Shmem", 0)) / 1024


def resident(pid: int | str = "self") -> float:
    """RSS of a process in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def cpu_seconds(pid: int) -> float:
    """Processor time of a process since its start, that of its children that have ended included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")  # utime, stime, cutime, cstime: proc_pid_stat(5)


def _opened(pid: int) -> list[str]:
    """What its descriptors stand for."""
    found = []
    for one in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            found.append(os.readlink(one))
    return found
