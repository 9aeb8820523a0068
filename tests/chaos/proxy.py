"""A way between a device and the server that can be bad: slow, stalled, cut, or one on which answers are lost."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Self

CHUNK = 4096


class Path:
    """A port on loopback that leads to another. What it is told holds for what passes from then on."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.port = 0
        self.stalled = False  # nothing passes, and nobody hears that
        self.swallows = False  # what the server says is lost
        self.bytes_per_second: float | None = None
        self.swallowed = threading.Event()  # an answer was lost
        self.open: set[asyncio.StreamWriter] = set()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        server = self._do(asyncio.start_server(self._pass, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._do(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()

    def cut(self) -> None:
        """Everything on its way is lost, and both ends are told at once."""

        async def abort() -> None:
            for writer in list(self.open):
                writer.transport.abort()

        self._do(abort())

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    async def _end(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upstream = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:
            writer.transport.abort()
            return
        self.open |= {writer, upstream[1]}
        try:
            await asyncio.gather(self._carry(reader, upstream[1], False), self._carry(upstream[0], writer, True))
        finally:
            for one in (writer, upstream[1]):
                self.open.discard(one)
                with suppress(OSError):
                    one.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: bool) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while piece := await reader.read(CHUNK if self.bytes_per_second is None else 64):
                while self.stalled:
                    await asyncio.sleep(0.02)
                if answers and self.swallows:
                    self.swallowed.set()
                    continue
                if self.bytes_per_second is not None:
                    await asyncio.sleep(len(piece) / self.bytes_per_second)
                writer.write(piece)
                await writer.drain()
        with suppress(OSError, RuntimeError):
            writer.write_eof()
