import ArgumentParser
import Experiments
import Formats
import Runs

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Times the cases that PyTorch, JAX and MLX are timed on.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Time the benchmark cases.",
    discussion:
      "The work of each case is described in Benchmarks/README.md; `make bench` sets the peers beside it."
  )

  @Argument(help: ArgumentHelp("Cases to run, all by default.", valueName: "case"))
  var cases: [String] = []

  @Flag(help: "Print one JSON object per line.")
  var json = false

  func run() throws {
    let chosen = try cases.map { name in
      guard let found = BenchmarkCase(rawValue: name) else {
        throw Failure(
          .usage, unknown("case", name, among: BenchmarkCase.allCases.map(\.rawValue)))
      }
      return found
    }
    if !json { print("case              ms        ns/element   peak MiB") }
    for item in chosen.isEmpty ? BenchmarkCase.allCases : chosen {
      report(item.measure())
    }
  }

  private func report(_ timing: Timing) {
    if json {
      let values: JSON = [
        "peer": "discrete", "case": JSON(timing.name), "ms": JSON(rounded(timing.milliseconds, 4)),
        "ns_per_element": timing.nanosecondsPerElement.map { JSON(rounded($0, 3)) } ?? .null,
        "elements": timing.elements.map { JSON($0) } ?? .null, "peak_mib": JSON(peakMebibytes()),
      ]
      print(values)
    } else {
      let each = timing.nanosecondsPerElement.map { decimal($0, 3) } ?? "-"
      print(
        padded(timing.name, 18) + padded(decimal(timing.milliseconds, 4), 10)
          + padded(each, 13) + "\(peakMebibytes())")
    }
  }
}

/// The largest resident size of this process so far, in mebibytes.
func peakMebibytes() -> Int {
  var usage = rusage()
  #if canImport(Darwin)
    getrusage(RUSAGE_SELF, &usage)
    return usage.ru_maxrss >> 20
  #else
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss >> 10
  #endif
}
