import Formats
import Runs

/// Throws where what the command line asks for takes more memory than is allowed, before it is
/// made.
func checkRequestedMemory(_ what: String, _ parts: [[Int]]) throws(Failure) {
  if let excess = MemoryBudget.excess(what, parts) { throw Failure(.usage, excess) }
}

/// As `checkRequestedMemory`, of training a network with one layer of latents on images.
func checkRequestedNetwork(latents: Int, pixels: Int) throws(Failure) {
  try checkRequestedMemory(
    "training \(latents) latents of \(pixels) pixels",
    [[2 * MemoryBudget.numbersPerWeight, latents, pixels]])
}

/// Throws unless the number of a flag lies in a range.
func check(_ name: String, _ value: Int, in range: ClosedRange<Int>) throws(Failure) {
  guard range.contains(value) else {
    throw Failure(
      .usage,
      "\(name) is '\(value)', not a whole number from \(range.lowerBound) to \(range.upperBound)")
  }
}
