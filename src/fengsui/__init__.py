"""The platform: a city's public-safety service, from the call to the closed incident."""
