import CKernels
public import Learning

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What has started this process, perhaps together with others: mpirun, srun or a shell.
public struct Launcher: Sendable {
  /// The variable of the environment that says that there are several processes, and its value.
  private let evidence: (variable: String, value: Int)?
  /// Whether this process is the first one, as the launcher counts.
  public let isFirst: Bool

  /// Whether this build has MPI.
  public static var hasMPI: Bool { MPITransport.isBuilt }

  private static let sizes = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_NTASKS"]
  private static let ranks = ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID"]

  public init(environment: [String: String]) {
    func first(_ variables: [String], atLeast least: Int) -> (variable: String, value: Int)? {
      for variable in variables {
        if let value = environment[variable].flatMap({ Int($0) }), value >= least {
          return (variable, value)
        }
      }
      return nil
    }
    let later = first(Launcher.ranks, atLeast: 1)
    evidence = first(Launcher.sizes, atLeast: 2) ?? later
    isFirst = later == nil
  }

  /// Joins the other processes, and shares the host's threads out between those on it; where there
  /// are no others nothing is done.
  ///
  /// Standard output of all but the first process is closed.
  ///
  /// - Throws: `Failure` of kind `usage` for processes that cannot find each other.
  public func join() throws -> RankGroup {
    guard let evidence else { return .alone }
    let found =
      "\(evidence.variable) is \(evidence.value), so a launcher has started several processes"
    guard Launcher.hasMPI else {
      throw Failure(
        .usage, "\(found), but this build works with one; 'make mpi' makes one that uses MPI")
    }
    let transport = try MPITransport()
    guard transport.count > 1 else {
      throw Failure(
        .usage,
        "\(found), but each finds itself alone; start them with the mpirun of \(MPITransport.library)"
      )
    }
    let threads = Int(dk_thread_count()) / transport.localCount
    dk_set_thread_count(Int32(max(1, threads)))
    if transport.rank > 0 {
      let nowhere = open("/dev/null", O_WRONLY)
      dup2(nowhere, STDOUT_FILENO)
      close(nowhere)
    }
    return RankGroup(transport)
  }
}
