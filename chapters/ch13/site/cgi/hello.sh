#!/bin/sh
printf 'Content-Type: text/plain; charset=utf-8\r\n\r\n'
printf 'Hello %s, from a shell.\n' "${REMOTE_USER:-stranger}"
printf 'SCRIPT_NAME = %s\n' "$SCRIPT_NAME"
printf 'PATH_INFO = %s\n' "$PATH_INFO"
