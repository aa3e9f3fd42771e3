import Foundation
import TestSupport
import Testing

#if os(Linux)
  private let usesOpenBLAS = true
#else
  private let usesOpenBLAS = false
#endif

@Suite(.enabled(if: usesOpenBLAS, "another library multiplies here"))
struct MatrixProductLibraryTests {
  #if arch(x86_64)
    private static let slowest = "Prescott"
  #else
    private static let slowest = "ARMV8"
  #endif

  /// The checkpoint of a short run whose products are of several sizes and transposes, and the
  /// library it records.
  private func training(
    in root: String, with variables: [String: String] = [:]
  ) throws -> (checkpoint: [UInt8], library: String) {
    let folder = "\(root)/\(UUID().uuidString)"
    let run = try discrete(
      ["train", "belief-network", "--layers", "200,100", "--steps", "5", "--out", folder],
      in: root, with: variables)
    #expect(run.code == 0, "\(run.errors)")
    let text = Data(try bytes(of: "\(folder)/environment.json"))
    let environment = try JSONSerialization.jsonObject(with: text) as? [String: Any]
    return (
      try bytes(of: "\(folder)/checkpoints/last.safetensors"),
      try #require(environment?["blas"] as? String)
    )
  }

  @Test("a variable of a library of matrix products changes neither bits nor kernels")
  func foreignVariables() throws {
    try withTemporaryFolder { root in
      let plain = try training(in: root)
      let other = try training(
        in: root,
        with: [
          "OPENBLAS_CORETYPE": Self.slowest, "OPENBLAS_NUM_THREADS": "4",
          "OPENBLAS_BLOCK_FACTOR": "200", "OPENBLAS_L2_SIZE": "4096", "GOTO_NUM_THREADS": "4",
          "OMP_NUM_THREADS": "4", "DNNL_MAX_CPU_ISA": "SSE41", "BLIS_ARCH_TYPE": "1",
          "BLIS_NUM_THREADS": "4",
        ])
      #expect(other.checkpoint == plain.checkpoint)
      #expect(other.library == plain.library)
    }
  }

  @Test("DISCRETE_BLAS_KERNELS chooses the kernels; the run and doctor record them")
  func ownVariable() throws {
    try withTemporaryFolder { root in
      let variables = ["DISCRETE_BLAS_KERNELS": Self.slowest.lowercased()]
      let run = try training(in: root, with: variables)
      let words = run.library.split(separator: " ")
      #expect(words.count == 3 && words[0] == "OpenBLAS")
      #expect(words.last?.uppercased() == Self.slowest.uppercased())
      let doctor = try discrete(["doctor", "--json"], in: root, with: variables).json()
      #expect(doctor["blas"] as? String == run.library)
      #if arch(x86_64)
        // Kernels without fused operations round otherwise: the run above has products to compare.
        #expect(try training(in: root).checkpoint != run.checkpoint)
      #endif
    }
  }

  @Test("kernels that do not run here are 78")
  func unknownKernels() throws {
    try withTemporaryFolder { root in
      let run = try discrete(["doctor"], in: root, with: ["DISCRETE_BLAS_KERNELS": "Ninth"])
      expectFailure(run, 78, ["DISCRETE_BLAS_KERNELS", "'Ninth'", Self.slowest])
    }
  }
}
