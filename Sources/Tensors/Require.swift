/// Traps with a sentence unless a condition holds, in release builds too.
///
/// `precondition` loses its sentence under optimization; a caller who mixed up two shapes would see
/// a register dump. The sentence is built only when the condition fails.
@inlinable
package func require(
  _ condition: Bool, _ sentence: @autoclosure () -> String,
  file: StaticString = #fileID, line: UInt = #line
) {
  if _slowPath(!condition) { fatalError(sentence(), file: file, line: line) }
}
