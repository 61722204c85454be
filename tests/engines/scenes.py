"""Play a scene with an engine child: started, asked, stopped."""

import asyncio

from phi4.engines.protocol import Description, Piece
from phi4.engines.supervised import Deadlines, Launch, SupervisedEngine

SOON = 120


def scene(module, specification, story, slots=4, context=256):
    """What ``story(engine)`` returns; the engine is ready when it begins."""

    async def run():
        description = Description(module.rpartition(".")[2], "base", "adapter", slots, context)
        engine = SupervisedEngine(
            Launch(module, lambda report: specification, description, Deadlines(load=SOON, starts=1))
        )
        await engine.start()
        try:
            async with asyncio.timeout(SOON):
                await engine.ready()
                return await story(engine)
        finally:
            await engine.stop()

    return asyncio.run(run())


async def read(generation):
    """Every event of a request."""
    return [event async for event in generation]


def text_of(events):
    """The whole text of an answer."""
    return "".join(event.text for event in events if isinstance(event, Piece))
