"""The platform's methods, one function each: a `Call` in, a `Success`, `Download` or `ApiError` out."""
