"""A TCP proxy on loopback that cuts the line where a test wants it.

It understands nothing of what it carries: what comes from the client is a request, what comes back is an
answer. So it works with any driver, encrypted or not.
"""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from types import TracebackType

CHUNK = 65_536
QUIET_S = 0.05
"""A request has ended when nothing more of it comes for so long."""


class Cut(Enum):
    """Where the line is cut."""

    BEFORE_REQUEST = "before the request"
    """The server never hears of it."""
    AFTER_REQUEST = "after the request"
    """The server has the request, and the client is gone at once."""
    BEFORE_ANSWER = "before the answer"
    """The server has answered, so all is done; nothing of the answer arrives."""
    MIDDLE_OF_ANSWER = "in the middle of the answer"
    """As before, but half of the answer arrives."""


class CuttingProxy:
    """Listens on a port of its own and carries everything to the target and back.

    Args:
        target: Host and port of the server.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._links: set[_Link] = set()
        self._threads: list[threading.Thread] = []
        self._next: Cut | None = None
        self._always = False
        self._flowing = threading.Event()
        self._flowing.set()
        self._listener: socket.socket | None = None
        self.port = 0
        self.cuts = 0
        self.accept()

    def __enter__(self) -> CuttingProxy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.resume()
        self.refuse()
        for thread in self._threads:
            thread.join()

    def cut(self, how: Cut, *, always: bool = False) -> None:
        """Cut the next request; with ``always`` every one, those of signing in included."""
        with self._lock:
            self._next, self._always, self.cuts = how, always, 0

    def hold(self) -> None:
        """Keep answers back from now on, like a server or a network that hangs."""
        self._flowing.clear()

    def resume(self) -> None:
        """Cut and hold nothing any more; answers that were kept back are delivered."""
        with self._lock:
            self._next = None
        self._flowing.set()

    def refuse(self) -> None:
        """Be a server that was stopped: cut every line, and refuse new ones."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept()
            listener.close()
        self.cut_all()

    def accept(self) -> None:
        """Be a server that was started again, on the same port."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(64)
        self.port = listener.getsockname()[1]
        self._listener = listener
        self.start(self._serve, listener)

    def cut_all(self) -> None:
        """Cut every line that is open now."""
        with self._lock:
            links = list(self._links)
        for link in links:
            link.break_off()

    def start(self, target: Callable[..., None], *arguments: object) -> None:
        """Start a thread."""
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def take_cut(self) -> Cut | None:
        """Say where to cut the request that has just come."""
        with self._lock:
            how = self._next
            if how is not None:
                self.cuts += 1
                if not self._always:
                    self._next = None
        return how

    def wait_until_flowing(self) -> None:
        """Wait while answers are held."""
        self._flowing.wait()

    def forget(self, link: _Link) -> None:
        """Note that a line is cut."""
        with self._lock:
            self._links.discard(link)

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _address = listener.accept()
            except OSError:  # closed
                return
            try:
                server = socket.create_connection(self._target, timeout=10)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            link = _Link(self, client, server)
            with self._lock:
                self._links.add(link)
            link.start()


class _Link:
    """One line from a client to the server."""

    def __init__(self, proxy: CuttingProxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._cut: Cut | None = None
        self._first_to_end = threading.Semaphore(1)
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def start(self) -> None:
        """Carry both ways."""
        for carry in (self._carry_requests, self._carry_answers):
            self._proxy.start(self._until_cut, carry)

    def break_off(self) -> None:
        """Cut this line at both ends."""
        self._proxy.forget(self)
        for end in (self._client, self._server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _until_cut(self, carry: Callable[[], None]) -> None:
        with suppress(OSError):
            carry()
        self.break_off()
        if self._first_to_end.acquire(blocking=False):
            return
        for end in (self._client, self._server):
            end.close()

    def _carry_requests(self) -> None:
        while request := self._client.recv(CHUNK):
            self._cut = how = self._proxy.take_cut()
            if how is Cut.BEFORE_REQUEST:
                return
            while request:
                self._server.sendall(request)
                more = how is Cut.AFTER_REQUEST and select.select([self._client], [], [], QUIET_S)[0]
                request = self._client.recv(CHUNK) if more else b""
            if how is Cut.AFTER_REQUEST:
                return

    def _carry_answers(self) -> None:
        while answer := self._server.recv(CHUNK):
            self._proxy.wait_until_flowing()
            match self._cut:
                case Cut.AFTER_REQUEST | Cut.BEFORE_ANSWER:
                    return
                case Cut.MIDDLE_OF_ANSWER:
                    self._client.sendall(answer[: len(answer) // 2])
                    return
            self._client.sendall(answer)
