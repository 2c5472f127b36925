"""What all calls around meetings share."""

from ninja import Router

router = Router()
