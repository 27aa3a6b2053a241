"""Kernels that start warm: each one a fork of a process that has the libraries loaded and has drawn once.

A server process (`python -m playbook.report.warm ADDRESS`) imports what notebooks need, then forks a kernel for each request on its
socket. Who asks holds the connection: where it closes, the kernel is killed, so nobody leaves kernels behind, however they end. Where the
server itself ends, its kernels end with it. Each kernel has its own process, memory, environment and working directory.

Works where a process can be forked safely: on Linux. Elsewhere :func:`available` is False and kernels start the plain way.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

START_SECONDS = 120
# the name under which jupyter_client finds what starts such kernels
PROVISIONER = "playbook-warm"
# what notebooks import before their first figure; those that start threads at import are imported by the kernels themselves
LIBRARIES = (
    *("numpy", "pandas", "scipy.stats", "scipy.optimize", "scipy.special", "scipy.sparse", "matplotlib.pyplot", "matplotlib.figure"),
    *(
        "matplotlib.backends.backend_agg",
        "playbook.show.plain_seaborn",
        "duckdb",
        "great_tables",
        "pydantic",
        "ruamel.yaml",
        "babel.numbers",
        "babel.dates",
    ),
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "IPython.core.interactiveshell", "IPython.core.completer", "comm"),
    *("playbook", "playbook.show", "playbook.campaign", "playbook.data.load", "playbook.data.snapshot"),
)
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def available() -> bool:
    """Say whether kernels can be forked here."""
    return sys.platform.startswith("linux") and hasattr(os, "fork")


# the side that asks


class Forked:
    """A kernel forked by the server, with the face of :class:`subprocess.Popen` that jupyter_client needs."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int):
        self._connection, self.pid, self.returncode = connection, pid, None

    def poll(self) -> int | None:
        """Return how the kernel ended, or None while it runs."""
        return self._heard(0.0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the kernel's end."""
        code = self._heard(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("kernel", timeout or 0.0)
        return code

    def _heard(self, timeout: float | None) -> int | None:
        if self.returncode is None:
            self._connection.settimeout(timeout)
            with contextlib.suppress(BlockingIOError, TimeoutError, InterruptedError):
                try:
                    said = self._connection.recv(64)
                except ConnectionError:
                    said = b""
                # silence for good means that the server is gone, and its kernels with it
                self.returncode = int(said) if said.strip() else -int(signal.SIGKILL)
                self._connection.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


def fork(address: str, **request: Any) -> Forked:
    """Ask the server for a kernel.

    Parameters
    ----------
    address : str
        The server's socket.
    request
        `argv` (arguments of the kernel), or `call` (``module:function``) and `arguments` (plain values) for a fork that is no kernel;
        `env`, `cwd`, `log` (file for what it prints), `memory` (bytes that it may take, or None).

    Raises
    ------
    OSError
        Where the server does not answer.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(START_SECONDS)
    try:
        connection.connect(address)
        connection.sendall(json.dumps(request).encode() + b"\n")
        said = connection.makefile("rb").readline()
    except OSError:
        connection.close()
        raise
    if not said.strip():
        connection.close()
        raise ConnectionError("the process that kernels are forked from has ended")
    return Forked(connection, int(said))


def spec(address: str, *, log_file: Path, memory: int | None = None) -> dict[str, Any]:
    """Return the kernel specification by which any Jupyter program starts kernels as forks: papermill, nbval, nbclient.

    Written as `kernels/python3/kernel.json` into a folder on `JUPYTER_PATH`, it needs nothing else of the program.
    """
    config = {"address": address, "log_file": str(log_file), "memory": memory or 0}
    return {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3",
        "language": "python",
        "metadata": {"kernel_provisioner": {"provisioner_name": PROVISIONER, "config": config}},
    }


@contextlib.contextmanager
def server(scratch: Path, also: Iterable[str] = ()) -> Iterator[str | None]:
    """Run a server for as long as the context lasts; give its address, or None where there can be none.

    Returns at once: the libraries load while the caller goes on, and the first kernel waits for them. `also` are modules to load beside
    those that kernels need.
    """
    address = str(scratch / "warm")
    if not available() or len(address) > 100:
        yield None
        return
    # one thread each: forks of a process with threads are not safe, and several kernels run at once anyway
    environment = {**os.environ, **dict.fromkeys(ONE_THREAD, "1"), "PYTHONHASHSEED": "0", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    environment.pop("MPLBACKEND", None)
    with (scratch / "warm.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "playbook.report.warm", address, *also],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=environment,
            # a Ctrl-C at the terminal is for the caller, who ends the server
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not Path(address).exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        yield address if process.poll() is None else None
    finally:
        # the server ends itself and its kernels when this pipe closes
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


# the server's side


@dataclass
class _Server:
    """What the server holds: its selector, its listener, and which connection belongs to which kernel."""

    selector: selectors.BaseSelector
    listener: socket.socket
    kernels: dict[int, socket.socket] = field(default_factory=dict)

    def forget(self, pid: int) -> None:
        connection = self.kernels.pop(pid)
        self.selector.unregister(connection)
        connection.close()


def serve(address: str, also: Iterable[str] = ()) -> None:
    """Load the libraries and fork a kernel for each request, until stdin closes."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(address + "~")
    listener.listen(64)
    # whoever sees the address can connect, and is served when all is loaded
    Path(address + "~").rename(address)
    with _ended_when_nobody_listens():
        _preload(also)
    woken, waker = socket.socketpair()
    woken.setblocking(False)
    waker.setblocking(False)
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    state = _Server(selectors.DefaultSelector(), listener)
    state.selector.register(listener, selectors.EVENT_READ, "asked")
    state.selector.register(sys.stdin.fileno(), selectors.EVENT_READ, "over")
    state.selector.register(woken, selectors.EVENT_READ, "child")
    while True:
        for key, _ in state.selector.select():
            if key.data == "over":
                for pid in state.kernels:
                    _end(pid)
                return
            if key.data == "asked":
                _asked(state, (woken, waker))
            elif key.data == "child":
                with contextlib.suppress(BlockingIOError):
                    woken.recv(4096)
                _reap(state)
            elif key.data in state.kernels:
                # nothing is ever sent on this connection: it closed, so nobody wants the kernel any more
                _end(key.data)
                state.forget(key.data)


@contextlib.contextmanager
def _ended_when_nobody_listens() -> Iterator[None]:
    """End while the libraries load, too, where whoever started this has gone; by a timer, as a thread would make forks unsafe."""
    import select

    def look(number: int, frame: object) -> None:
        # nothing is ever written to this pipe: it can be read only when it is closed
        if select.select([sys.stdin.fileno()], [], [], 0)[0]:
            os._exit(1)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _asked(state: _Server, ours: tuple[socket.socket, socket.socket]) -> None:
    connection, _ = state.listener.accept()
    connection.settimeout(10)
    try:
        request = json.loads(connection.makefile("rb").readline())
    except (OSError, ValueError):
        connection.close()
        return
    pid = os.fork()
    if pid == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        state.selector.close()
        for other in (state.listener, connection, *ours, *state.kernels.values()):
            other.close()
        _kernel(request)
    connection.sendall(f"{pid}\n".encode())
    state.kernels[pid] = connection
    state.selector.register(connection, selectors.EVENT_READ, pid)


def _reap(state: _Server) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        if pid in state.kernels:
            with contextlib.suppress(OSError):
                state.kernels[pid].sendall(str(os.waitstatus_to_exitcode(status)).encode())
            state.forget(pid)


def _end(pid: int) -> None:
    """Kill a kernel and what it started."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            kill(pid, signal.SIGKILL)


def _preload(also: Iterable[str] = ()) -> None:
    """Import what notebooks need, and draw once, so that fonts are found."""
    import gc
    import importlib
    import io

    for name in (*LIBRARIES, *also):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    from matplotlib.figure import Figure

    # without pyplot, which would choose how kernels show their figures
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.plot([1, 2], [1, 2], label="a")
    axes.set(title="once", xlabel="x", ylabel="y")
    axes.legend()
    figure.savefig(io.BytesIO(), format="png", dpi=50)
    from playbook import chapters

    for chapter in chapters.CHAPTERS:
        with contextlib.suppress(ImportError):
            importlib.import_module(f"playbook.{chapter.name}")
            importlib.import_module(f"playbook.show.{chapter.name}")
    from playbook.data.values import places

    # names in forty languages, which every campaign with an audience asks for
    places.country_code("somewhere")
    places.language_code("something")
    gc.collect()
    # what is loaded stays shared between all kernels
    gc.freeze()


def _kernel(request: dict[str, Any]) -> None:
    """Become a kernel, or whatever was asked for; never returns."""
    code = 1
    try:
        os.setsid()
        _end_with_the_server()
        os.environ.clear()
        os.environ.update(request["env"])
        time.tzset()
        os.chdir(request["cwd"] or "/")
        log = os.open(request["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for ours, theirs in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(ours, theirs)
        if request.get("memory"):
            import resource

            resource.setrlimit(resource.RLIMIT_DATA, (request["memory"], request["memory"]))
        import matplotlib as mpl
        import numpy as np

        # what a fresh process would draw from chance and read from its environment
        np.random.seed()
        if "call" in request:
            import importlib

            module, _, name = request["call"].partition(":")
            getattr(importlib.import_module(module), name)(**request["arguments"])
            code = 0
            return
        mpl.rcParams["backend"] = os.environ.get("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        sys.argv = ["ipykernel_launcher", *request["argv"]]
        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance(argv=request["argv"])
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _end_with_the_server() -> None:
    import ctypes

    parent = os.getppid()
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2:])
