"""What a file really is, by its content: names lie, most often `.xls`."""

from __future__ import annotations

from notoneless.exchange.refusals import Refused

ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
UTF16 = (b"\xff\xfe", b"\xfe\xff")


def kind_of(head: bytes) -> str:
    """ "xlsx", "xls" or "text", from the first few kilobytes; raises Refused for what we do not read."""
    if head.startswith((ZIP, EMPTY_ZIP)):
        return "xlsx"
    if head.startswith(OLE2):
        return "xls"
    if head.startswith(UTF16):
        return "text"
    if b"\0" in head or head.startswith((b"%PDF", b"{\\rtf")):
        raise Refused("not_a_table")
    return _text_kind(head.removeprefix(b"\xef\xbb\xbf").lstrip().lower())


def _text_kind(head: bytes) -> str:
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<style", b"<div")):
        raise Refused("html")
    if head.startswith(b"<"):
        raise Refused("html" if b"<html" in head or b"<table" in head else "xml")
    return "text"
