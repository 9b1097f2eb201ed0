#!/bin/sh
printf '%s\r\n' 'Content-Type: text/plain; charset=utf-8' ''
printf 'Hello %s, from a shell.\n' "${REMOTE_USER:-stranger}"
