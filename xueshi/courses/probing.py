"""How long a video is, asked of the video itself."""

import io
from decimal import Decimal

import av

PLAYABLE = {"h264", "vp8", "vp9", "av1"}  # what every browser of the floor plays without a plug-in


class NotPlayable(ValueError):
    """These bytes are no video, or none that a browser plays. `why` is "no-video", "codec" or "length"."""

    def __init__(self, why: str, codec: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.codec = codec


def seconds_of(data: bytes) -> Decimal:
    """The length in seconds, to the hundredth; raises NotPlayable."""
    try:
        with av.open(io.BytesIO(data), "r") as film:
            if not film.streams.video:
                raise NotPlayable("no-video")
            codec = str(film.streams.video[0].codec_context.name)
            length = film.duration
    except (av.FFmpegError, ValueError) as problem:
        if isinstance(problem, NotPlayable):
            raise
        raise NotPlayable("no-video") from problem
    if codec.removeprefix("lib").partition("-")[0] not in PLAYABLE:
        raise NotPlayable("codec", codec)
    if not length or length <= 0:
        raise NotPlayable("length")
    return (Decimal(length) / 1_000_000).quantize(Decimal("0.01"))
