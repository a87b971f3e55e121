package codecommit

// Settings are the quotas of CodeCommit that the model keeps. Nothing in it takes time but the calls themselves.
type Settings struct {
	// MaxRepositories is how many repositories an account may have: 1,000, the default quota (user guide, quotas).
	MaxRepositories int
	// MaxFile is the size of one file in bytes, and MaxChange of all files of one commit, that the API takes: 6 MB and
	// 7 MB (SDK, FileContentSizeLimitExceededException).
	MaxFile, MaxChange int
	// MaxFiles is how many files one commit may change: 100 (user guide, quotas).
	MaxFiles int
	// MaxMessage is the length of a commit message in bytes: 256 KB (SDK, CreateCommit).
	MaxMessage int
	// MaxName is the length of an author's name or e-mail address in characters. No figure is published; 256 is a guess
	// on the safe side of every name.
	MaxName int
}

// DefaultSettings returns the figures that the fields' comments give.
func DefaultSettings() Settings {
	return Settings{MaxRepositories: 1000, MaxFile: 6 << 20, MaxChange: 7 << 20, MaxFiles: 100, MaxMessage: 256 << 10, MaxName: 256}
}
