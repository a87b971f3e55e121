package codecommit

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codecommit"
	"github.com/aws/aws-sdk-go-v2/service/codecommit/types"

	"bluegreen/internal/localaws/wire"
)

// onto finds the repository and the commit that a new one is to follow.
func (r *Repositories) onto(name, branch, parent *string) (*repository, *commit, error) {
	found, err := r.find(name)
	if err != nil {
		return nil, nil, err
	}
	before, err := found.parent(branch, parent)
	return found, before, err
}

// parent is the commit that a new one on the branch follows: nil in an empty repository.
func (r *repository) parent(branch, id *string) (*commit, error) {
	if err := checkBranchName(branch); err != nil {
		return nil, err
	}
	given := aws.ToString(id)
	if given != "" && !fullID.MatchString(given) {
		return nil, refuse("InvalidParentCommitIdException", "The parent commit ID is not valid. The commit ID cannot be empty, and must "+
			"match the head commit ID for the branch of the repository where you want to add or update a file.")
	}
	tip, exists := r.branches[*branch]
	if !exists && len(r.branches) > 0 {
		return nil, noBranch(*branch)
	}
	if _, known := r.commits[given]; given != "" && !known {
		return nil, refuse("ParentCommitDoesNotExistException", "The parent commit ID is not valid because it does not exist. The specified "+
			"parent commit ID does not exist in the specified branch of the repository.")
	}
	switch {
	case !exists:
		return nil, nil
	case given == "":
		return nil, refuse("ParentCommitIdRequiredException", "A parent commit ID is required. To view the full commit ID of a branch in a "+
			"repository, use GetBranch or a Git command (for example, git pull or git log).")
	case given != tip:
		return nil, refuse("ParentCommitIdOutdatedException", "The file could not be added because the provided parent commit ID is not the "+
			"current tip of the specified branch. To view the full commit ID of the current head of the branch, use GetBranch.")
	}
	return r.commits[tip], nil
}

// cleanPath is a path as it stands in a tree: a slash before it does not count.
func cleanPath(path *string) (string, error) {
	text := strings.TrimPrefix(aws.ToString(path), "/")
	if text == "" {
		return "", refuse("PathRequiredException", "The folderPath for a location cannot be null.")
	}
	for _, part := range strings.Split(text, "/") {
		if part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git") || !utf8.ValidString(part) || strings.ContainsRune(part, 0) {
			return "", refuse("InvalidPathException", "The specified path is not valid.")
		}
	}
	return text, nil
}

func checkMode(mode types.FileModeTypeEnum) (types.FileModeTypeEnum, error) {
	switch mode {
	case "":
		return types.FileModeTypeEnumNormal, nil
	case types.FileModeTypeEnumNormal, types.FileModeTypeEnumExecutable, types.FileModeTypeEnumSymlink:
		return mode, nil
	}
	return "", refuse("InvalidFileModeException", "The specified file mode permission is not valid. For a list of valid file mode "+
		"permissions, see PutFile.")
}

func (r *Repositories) checkContent(content []byte) error {
	switch {
	case len(content) == 0:
		return refuse("FileContentRequiredException", "The file cannot be added because it is empty. Empty files cannot be added to the "+
			"repository with this API.")
	case len(content) > r.settings.MaxFile:
		return tooLarge()
	}
	return nil
}

func tooLarge() error {
	return refuse("FileContentSizeLimitExceededException", "The file cannot be added because it is too large. The maximum file size is 6 MB, "+
		"and the combined file content change size is 7 MB. Consider making these changes using a Git client.")
}

// checkPlace reports a file whose path is a folder, or below another file.
func checkPlace(files map[string]file, path string) error {
	for other := range files {
		if strings.HasPrefix(other, path+"/") {
			return refuse("FileNameConflictsWithDirectoryNameException", "A file cannot be added to the repository because the specified file "+
				"name has the same name as a directory in this repository. Either provide another name for the file, or add the file in a "+
				"directory that does not match the file name.")
		}
		if strings.HasPrefix(path, other+"/") {
			return refuse("DirectoryNameConflictsWithFileNameException", "A file cannot be added to the repository because the specified path "+
				"name has the same name as a file that already exists in this repository. Either provide a different name for the file, or "+
				"specify a different path for the file.")
		}
	}
	return nil
}

func (r *Repositories) putFile(call *wire.Call, in *codecommit.PutFileInput) (*codecommit.PutFileOutput, error) {
	found, before, err := r.onto(in.RepositoryName, in.BranchName, in.ParentCommitId)
	if err != nil {
		return nil, err
	}
	path, err := cleanPath(in.FilePath)
	if err != nil {
		return nil, err
	}
	if err := r.checkContent(in.FileContent); err != nil {
		return nil, err
	}
	mode, err := checkMode(in.FileMode)
	if err != nil {
		return nil, err
	}
	files := filesOf(before)
	if err := checkPlace(files, path); err != nil {
		return nil, err
	}
	put, verb := file{blob: objectID("blob", in.FileContent), mode: mode}, "Added "
	if present, exists := files[path]; exists {
		if verb = "Edited "; present == put {
			return nil, refuse("SameFileContentException", "The file was not added or updated because the content of the file is exactly the "+
				"same as the content of that file in the repository and branch that you specified.")
		}
	}
	files[path] = put
	made, err := r.author(call, in.Name, in.Email, in.CommitMessage, verb+path)
	if err != nil {
		return nil, err
	}
	found.blobs[put.blob] = slices.Clone(in.FileContent)
	made.files = files
	r.add(call, found, *in.BranchName, before, made)
	return &codecommit.PutFileOutput{BlobId: &put.blob, CommitId: &made.id, TreeId: &made.tree}, nil
}

func filesOf(before *commit) map[string]file {
	if before == nil {
		return make(map[string]file)
	}
	return maps.Clone(before.files)
}

// author begins a commit by the author who is named, else by the caller. What a commit without a message says is the model's
// own: AWS documents only that there is a default.
func (r *Repositories) author(call *wire.Call, name, email, message *string, otherwise string) (*commit, error) {
	switch {
	case utf8.RuneCountInString(aws.ToString(name)) > r.settings.MaxName:
		return nil, refuse("NameLengthExceededException", "The user name is not valid because it has exceeded the character limit for "+
			"author names.")
	case utf8.RuneCountInString(aws.ToString(email)) > r.settings.MaxName || strings.ContainsAny(aws.ToString(email), "<>\n"):
		return nil, refuse("InvalidEmailException", "The specified email address either contains one or more characters that are not "+
			"allowed, or it exceeds the maximum number of characters allowed for an email address.")
	case len(aws.ToString(message)) > r.settings.MaxMessage:
		return nil, refuse("CommitMessageLengthExceededException", "The commit message is too long. Provide a shorter string.")
	}
	caller := call.Principal.ARN[strings.LastIndexByte(call.Principal.ARN, '/')+1:]
	return &commit{
		author: cmp.Or(aws.ToString(name), caller), email: aws.ToString(email), message: cmp.Or(aws.ToString(message), otherwise),
		at: r.account.Now(),
	}, nil
}

// add puts a commit on a branch.
func (r *Repositories) add(call *wire.Call, found *repository, branch string, before, made *commit) {
	if before != nil {
		made.parents = []string{before.id}
	}
	made.seal()
	found.commits[made.id] = made
	r.move(call, found, branch, made.id)
}

func (r *Repositories) getCommit(_ *wire.Call, in *codecommit.GetCommitInput) (*codecommit.GetCommitOutput, error) {
	found, err := r.find(in.RepositoryName)
	if err != nil {
		return nil, err
	}
	c, err := found.byID(in.CommitId)
	if err != nil {
		return nil, err
	}
	who := &types.UserInfo{Name: &c.author, Email: &c.email, Date: aws.String(c.date())}
	return &codecommit.GetCommitOutput{Commit: &types.Commit{
		CommitId: &c.id, TreeId: &c.tree, Parents: append([]string{}, c.parents...), Message: &c.message, Author: who, Committer: who,
		AdditionalData: aws.String(""),
	}}, nil
}
