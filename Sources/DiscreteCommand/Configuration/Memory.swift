/// Numbers that may be held at once, a gigabyte in single precision.
///
/// What would take more is refused before it is made.
let mostScalars = 1 << 28
