"""Pictures are drawn anew: what a camera wrote into them (position, serial numbers) does not come along."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from houqin.foundation.errors import Problem
from houqin.foundation.files.kinds import JPEG, Kind

LONGEST = 2048
THUMBNAIL = 320
QUALITY = 82
#: Pillow's own guard, of second line: above this it warns, above twice this it refuses. Ours is in `_upright`.
Image.MAX_IMAGE_PIXELS = settings.FILES_MAX_JPEG_PIXELS
THUMBNAIL_QUALITY = 75


@dataclass(frozen=True)
class Picture:
    """A picture drawn anew, and its thumbnail (always JPEG)."""

    content: bytes
    content_type: str
    ending: str
    width: int
    height: int
    thumbnail: bytes


def redraw(stream: BinaryIO, kind: Kind) -> Picture:
    """Draw the picture anew: upright, at most :data:`LONGEST` pixels long, without metadata.

    Opaque pictures become JPEG, others WebP; of a moving one the first frame stays. Raises :class:`Problem` for
    a picture that is damaged or has too many pixels to be opened safely.
    """
    try:
        image = _upright(stream, kind)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_large() from error
    except Exception as error:  # a hostile file can fail anywhere in the decoder
        raise Problem(_("图片已损坏，打不开。请重新拍摄或选择另一张。"), code="broken_image") from error
    clear = image.mode == "RGBA"
    content = _encoded(image, "WEBP" if clear else "JPEG", QUALITY)
    thumbnail = _flat(image)
    thumbnail.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    return Picture(
        content=content,
        content_type="image/webp" if clear else "image/jpeg",
        ending="webp" if clear else "jpg",
        width=image.width,
        height=image.height,
        thumbnail=_encoded(thumbnail, "JPEG", THUMBNAIL_QUALITY),
    )


def _upright(stream: BinaryIO, kind: Kind) -> Image.Image:
    stream.seek(0)
    with Image.open(stream, formats=[kind.code.upper()]) as opened:
        # JPEG is read at a fraction of its size, so that a large one costs little memory; others are read whole.
        most = settings.FILES_MAX_JPEG_PIXELS if kind is JPEG else settings.FILES_MAX_IMAGE_PIXELS
        if opened.width * opened.height > most:
            raise Image.DecompressionBombError
        opened.draft("RGB", (LONGEST, LONGEST))
        opened.load()
        image = _plain(ImageOps.exif_transpose(opened))
        image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        return image


def _plain(image: Image.Image) -> Image.Image:
    """The pixels alone, as RGB or (where something shines through) RGBA."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        if image.getchannel("A").histogram()[255] < image.width * image.height:
            return image
    return image.convert("RGB")


def _flat(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image.copy()
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _encoded(image: Image.Image, format_: str, quality: int) -> bytes:
    out = io.BytesIO()
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    bare.save(out, format_, quality=quality, **({"optimize": True} if format_ == "JPEG" else {"method": 4}))
    return out.getvalue()


def _too_large() -> Problem:
    return Problem(_("图片像素过多，无法打开。请缩小到 3000 万像素以内再上传。"), code="too_many_pixels")
