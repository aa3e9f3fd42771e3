public import Formats
public import Learning
public import Runs
import Tensors

/// Begins, resumes and repeats the runs of an experiment.
public struct Launch<Work: Experiment>: Sendable {
  let policy: RunPolicy
  private let ranks: RankGroup
  private let environment: JSON
  private let advice: String?

  /// - Parameters:
  ///   - policy: how runs are watched and saved.
  ///   - ranks: the processes that make the same calls and share out the work; the first one alone
  ///     writes and tells.
  ///   - environment: what is kept of the machine and the program.
  ///   - advice: how an interrupted run goes on; `nil` for the command that resumes that run alone.
  public init(
    policy: RunPolicy = RunPolicy(), ranks: RankGroup = .alone,
    environment: JSON = RunEnvironment.json, advice: String? = nil
  ) {
    var policy = policy
    if !ranks.isFirst {
      policy.isQuiet = true
      policy.tell = { _ in }
    }
    self.policy = policy
    self.ranks = ranks
    self.environment = environment
    self.advice = advice
  }

  /// Begins a run in a new folder, whose name is made up without a path; returns its summary.
  ///
  /// Everything that can be wrong with settings and data is found before the folder is made.
  public func begin(_ settings: Settings, in path: String?) throws -> JSON {
    if let path, ranks.isFirst { try RunFolder.refuseExisting(path) }
    return try begin(prepare(settings, in: nil), in: path)
  }

  /// - Parameter folder: that of a run that goes on; `nil` for a new one.
  private func prepare(_ settings: Settings, in folder: RunFolder?) throws -> Preparation {
    do {
      var preparation = try Work(settings).prepare(tell: policy.tell, policy.stop)
      try preparation.job.spread(over: ranks)
      try ranks.agree(
        on: Origin(
          settings: preparation.settings.json, data: preparation.data,
          arithmetic: RunEnvironment.arithmetic))
      guard let source = preparation.settings["init"],
        try folder.map({ try !fileExists($0.lastCheckpoint) }) ?? true
      else { return preparation }
      return try preparation.beginning(with: InitialWeights(source), of: Work.self)
    } catch is Stopped {
      throw Failure(
        .interrupted,
        folder.map { "\($0.path): interrupted before it went on, and is as it was" }
          ?? "interrupted before the run began, of which nothing is there yet")
    }
  }

  private func begin(_ preparation: Preparation, in path: String?) throws -> JSON {
    func make() throws -> RunFolder {
      try path.map { try RunFolder(creating: $0) } ?? RunFolder.create(for: Work.model)
    }
    let folder = try ranks.share(ranks.isFirst ? make() : nil)
    if ranks.isFirst { try record(preparation, in: folder) }
    return try drive(preparation, in: folder)
  }

  private func record(_ preparation: Preparation, in folder: RunFolder) throws {
    let settings = preparation.settings
    try folder.write(settings.overrides, to: "overrides.json")
    try folder.write(settings.origins, to: "origins.json")
    try folder.write(environment.adding(ranks: ranks.count), to: "environment.json")
    for file in preparation.files { try folder.write(file.content, to: file.name) }
    // Last, since it is what makes the folder one of a run.
    try record(settings, in: folder)
  }

  /// Goes on with the run in a folder, or leaves a finished one as it is; returns its summary.
  ///
  /// - Parameter lengths: texts of settings that say how long the run is now to be.
  public func resume(_ path: String, lengths: [(key: String, text: String)] = []) throws -> JSON {
    let folder = try ranks.share(ranks.isFirst ? RunFolder(opening: path) : nil)
    try folder.checkModel(Work.model)
    var settings = try Settings(of: folder, Work.settings)
    if !settings.later.isEmpty {
      let defaults = settings.later.map { "\($0) \(settings[$0] ?? "")" }.joined(separator: ", ")
      policy.tell(
        "\(path): was begun by a version without these settings, whose defaults hold: \(defaults)")
    }
    if !lengths.isEmpty, Work.lengthsExcludeEachOther {
      for length in Work.lengths { settings.clear(length.key) }
    }
    for (key, text) in lengths { try settings.set(key, to: text, from: .commandLine) }
    let preparation = try prepare(settings, in: folder)
    return try drive(preparation, in: folder)
  }

  private func record(_ settings: Settings, in folder: RunFolder) throws {
    try folder.write(settings.json, to: "config.json")
  }

  private func drive(_ preparation: Preparation, in folder: RunFolder) throws -> JSON {
    func drive(_ job: some Job) throws -> JSON {
      var run = try Run(
        job, in: folder, origin: try origin(of: preparation), policy: advised(folder))
      let summary = try run.drive {
        try record(preparation.settings, in: folder)
        try announce(preparation, of: job, in: folder)
      }
      return summary
    }
    return try drive(preparation.job)
  }

  /// Says what is about to be done, with what, and where.
  private func announce(_ preparation: Preparation, of job: some Job, in folder: RunFolder) throws {
    guard !policy.isQuiet else { return }
    let settings = preparation.settings
    let method = try Work.settings.first { ["estimator", "method"].contains($0.key) }.map {
      (name: $0.key, text: try settings.json(of: $0).typed)
    }
    func counted(_ count: Int, _ name: String) -> String {
      "\(count) \(name)\(count == 1 ? "" : "s")"
    }
    let threads = counted(RunEnvironment.threads, "thread")
    let workers =
      ranks.count == 1 ? threads : "\(counted(ranks.count, "rank")) with \(threads) each"
    for (name, text) in [
      ("run", folder.path),
      ("model", "\(Work.model), \(job.trainedScalarCount) trained parameters"),
      ("data", preparation.counts), (method?.name ?? "", method?.text ?? ""),
      ("machine", "\(workers), \(RunEnvironment.arithmetic)"),
    ] where !text.isEmpty {
      policy.tell(name + String(repeating: " ", count: max(1, 11 - name.count)) + text)
    }
  }

  private func origin(of preparation: Preparation) throws -> Origin {
    Origin(
      settings: try Self.lasting(preparation.settings), data: preparation.data,
      arithmetic: RunEnvironment.arithmetic
    ) { old in
      var settings = Settings(Work.settings)
      try settings.read(old.description, of: "checkpoint")
      return try Self.lasting(Work(settings).settings)
    }
  }

  /// The settings that may not change when a run goes on.
  private static func lasting(_ settings: Settings) throws -> JSON {
    let lengths = Work.lengths.map(\.key)
    guard case .object(let members) = try settings.json else { return .object([]) }
    return .object(members.filter { !lengths.contains($0.key) })
  }

  private func advised(_ folder: RunFolder) -> RunPolicy {
    var policy = policy
    policy.advice =
      advice ?? "continue with: discrete \(Work.verb) --resume \(folder.path)"
    return policy
  }

  /// A run with some settings in a folder: begun, taken up, or left alone where it is finished;
  /// returns its summary.
  ///
  /// - Throws: `Failure` of kind `cannotCreate` where a run with other settings stands there.
  public func complete(_ settings: Settings, in path: String) throws -> JSON {
    guard try fileExists(path) else { return try begin(settings, in: path) }
    let folder = try RunFolder(opening: path)
    try check(Settings(of: folder, Work.settings), against: settings, of: path)
    return try folder.status == .finished ? folder.summary() : resume(path)
  }

  /// A run for each seed from 1 on in folders of one, each begun, taken up or, where it is
  /// finished, left alone; returns their summaries.
  ///
  /// Several ranks each do other seeds by themselves.
  /// The choice of `auto` for the first seed holds for all.
  ///
  /// - Parameters:
  ///   - settings: those of all seeds.
  ///   - base: the folder, new or of the same study.
  ///   - report: called with each summary as it is there.
  public func seeds(
    _ count: Int, _ settings: Settings, in base: String, report: (JSON) throws -> Void
  ) throws -> [JSON] {
    let alone = Launch(policy: policy, environment: environment, advice: advice)
    var (settings, summaries) = (settings, [JSON]())
    func run(_ seeds: ClosedRange<Int>) throws {
      try ranks.spread(
        seeds.count,
        report: {
          summaries.append(try JSON(parsing: $0.utf8))
          try report(summaries[summaries.count - 1])
        },
        { place in
          var own = settings
          let seed = seeds.lowerBound + place
          try own.set("seed", to: "\(seed)", from: .commandLine)
          return try alone.complete(own, in: "\(base)/seed-\(seed)").description
        })
    }
    let automatic = Work.settings.filter { settings[$0.key] == "auto" }
    guard !automatic.isEmpty else {
      try run(1...count)
      return summaries
    }
    try run(1...1)
    let first = try Settings(of: RunFolder(opening: "\(base)/seed-1"), Work.settings)
    for setting in automatic {
      try settings.set(setting.key, to: first[setting.key] ?? "auto", from: .measured)
    }
    if count > 1 { try run(2...count) }
    return summaries
  }

  /// Throws unless a run that is there was begun with the same settings, or with what `auto` chose.
  private func check(_ own: Settings, against asked: Settings, of path: String) throws {
    let resolved = try Work(asked).settings
    for setting in Work.settings where resolved.isSet(setting.key) {
      guard try own.json(of: setting) != resolved.json(of: setting),
        resolved[setting.key] != "auto"
      else { continue }
      throw Failure(
        .cannotCreate,
        "\(path): exists already, with \(setting.key) \(try own.json(of: setting)) and not \(try resolved.json(of: setting))"
      )
    }
  }
}

extension RunFolder {
  /// Throws unless the run is one of a model, or of none, as where a configuration names no model.
  func checkModel(_ name: String) throws {
    guard let model = try Settings.model(of: self), model != name else {
      return
    }
    throw Failure(.usage, "\(path): a run of '\(model)', expected '\(name)'")
  }
}

extension JSON {
  /// The description of an environment, with the number of ranks where there are several.
  fileprivate func adding(ranks: Int) -> JSON {
    guard ranks > 1, case .object(let members) = self else { return self }
    return .object(members + [.init("ranks", JSON(ranks))])
  }
}
