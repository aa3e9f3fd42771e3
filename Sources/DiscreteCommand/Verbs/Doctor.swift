import ArgumentParser
import Experiments
import Formats
import Runs
import Tensors

/// Prints the abilities of this machine.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the machine, the build, and how fast its parts are.")

  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    guard case .object(var members) = RunEnvironment.machine else { return }
    members.append(.init("gumbel_ns", JSON(rounded(gumbelTime(), 2))))
    let products = ProductSpeed.ofTrainingSteps()
    if json {
      members.append(.init("products", .array(products.map(\.json))))
      return print(JSON.object(members))
    }
    for member in members {
      print(padded(member.key, 16) + (member.value.string ?? member.value.description))
    }
    print("")
    ProductSpeed.table(of: products).lines.forEach { print($0) }
    if products.allSatisfy({ $0.gigaflops < 20 }) {
      print("matrix products are slow here; blas names the library and its kernels")
    }
  }

  /// Nanoseconds for one Gumbel variate.
  private func gumbelTime() -> Double {
    var generator = Philox(seed: 0)
    return fastest { _ = Tensor.randomGumbel([1_000_000], using: &generator) } * 1e9 / 1_000_000
  }

  private func fastest(_ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    return (0..<20).map { _ in clock.measure(body) / .seconds(1) }.min() ?? .infinity
  }
}
