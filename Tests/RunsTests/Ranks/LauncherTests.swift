import Learning
import Runs
import Testing

struct LauncherTests {
  @Test(
    "a process by itself is alone",
    arguments: [[:], ["PMI_SIZE": "1", "PMI_RANK": "0"], ["SLURM_NTASKS": "1"]])
  func alone(_ environment: [String: String]) throws {
    let launcher = Launcher(environment: environment)
    #expect(launcher.isFirst)
    #expect(try launcher.join().count == 1)
  }

  @Test(
    "processes that cannot find each other are refused, by how the launcher has told of them",
    .disabled(if: Launcher.hasMPI, "they would be asked"),
    arguments: [
      (["OMPI_COMM_WORLD_SIZE": "4"], "OMPI_COMM_WORLD_SIZE is 4", true),
      (["PMI_SIZE": "2", "PMI_RANK": "1"], "PMI_SIZE is 2", false),
      (["PMI_RANK": "3"], "PMI_RANK is 3", false),
      (["SLURM_NTASKS": "8", "SLURM_PROCID": "0"], "SLURM_NTASKS is 8", true),
    ])
  func refused(_ environment: [String: String], _ evidence: String, _ isFirst: Bool) {
    let launcher = Launcher(environment: environment)
    #expect(launcher.isFirst == isFirst)
    let failure = #expect(throws: Failure.self) { try launcher.join() }
    #expect(failure?.kind == .usage)
    #expect(failure?.description.hasPrefix(evidence) == true)
    #expect(failure?.description.contains("make mpi") == true)
  }
}
