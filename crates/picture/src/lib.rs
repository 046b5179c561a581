//! Pictures of numbers as SVG, drawn from plain data: readable aloud, right in dark mode and in print, and whole when saved as a file.
