"""The grammar of times: how people name a day, a span or an hour."""
