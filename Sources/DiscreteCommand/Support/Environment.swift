import CBLAS
import CKernels
import Formats
import Tensors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Of the package.
let version = "0.1.0"

/// What was typed: the program and its arguments, of which some may be names of files that are no
/// UTF-8.
let commandLine: [String] = (0..<Int(CommandLine.argc)).compactMap { place in
  CommandLine.unsafeArgv[place].map {
    FileName.text(of: UnsafeRawBufferPointer(start: $0, count: strlen($0)))
  }
}

/// What the machine and this build are, for run folders and `doctor`.
func environment() -> JSON {
  var name = utsname()
  uname(&name)
  func text<T>(_ field: T) -> JSON {
    withUnsafeBytes(of: field) { bytes in
      JSON(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
    }
  }
  return [
    "version": JSON(version),
    "system": text(name.sysname), "release": text(name.release), "machine": text(name.machine),
    "processor": JSON(processorName() ?? "unknown"),
    "cores": JSON(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))),
    "threads": JSON(Int(dk_thread_count())),
    "scalar": JSON("\(Scalar.self)"),
    "blas": JSON(String(cString: dk_gemm_library())),
  ]
}

/// The environment of a run: also what was typed, and when.
func runEnvironment() -> JSON {
  guard case .object(let members) = environment() else { return .null }
  return .object(
    members + [
      JSON.Member("command", .array(commandLine.map { JSON($0) })),
      JSON.Member("started", JSON(Date().formatted(.iso8601))),
    ])
}

/// What the system calls its processor.
private func processorName() -> String? {
  #if canImport(Darwin)
    var size = 0
    sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0)
    var bytes = [UInt8](repeating: 0, count: size)
    guard size > 0, sysctlbyname("machdep.cpu.brand_string", &bytes, &size, nil, 0) == 0 else {
      return nil
    }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  #else
    let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":", maxSplits: 1).last.map {
      String($0.drop { $0 == " " })
    }
  #endif
}
