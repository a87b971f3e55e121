package codecommit

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codecommit"
	"github.com/aws/aws-sdk-go-v2/service/codecommit/types"

	"bluegreen/internal/localaws/wire"
)

// A full commit id, which no branch may be called; and what Git allows in no reference (user guide, quotas).
var (
	fullID          = regexp.MustCompile(`^[0-9a-f]{40}$`)
	invalidInBranch = regexp.MustCompile(`[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[./]|/\.|[./]$|\.lock$|\.lock/`)
)

func checkBranchName(name *string) error {
	switch {
	case aws.ToString(name) == "":
		return refuse("BranchNameRequiredException", "A branch name is required, but was not specified.")
	case len(*name) > 256 || fullID.MatchString(*name) || *name == "@" || invalidInBranch.MatchString(*name):
		return refuse("InvalidBranchNameException", "The specified reference name is not valid.")
	}
	return nil
}

func noBranch(name string) error {
	return refuse("BranchDoesNotExistException", "The specified branch does not exist: %s", name)
}

func (r *Repositories) createBranch(call *wire.Call, in *codecommit.CreateBranchInput) (*codecommit.CreateBranchOutput, error) {
	found, err := r.find(in.RepositoryName)
	if err != nil {
		return nil, err
	}
	if err := checkBranchName(in.BranchName); err != nil {
		return nil, err
	}
	if _, err := found.byID(in.CommitId); err != nil {
		return nil, err
	}
	if _, exists := found.branches[*in.BranchName]; exists {
		return nil, refuse("BranchNameExistsException", "Cannot create the branch with the specified name because the commit conflicts "+
			"with an existing branch with the same name. Branch names must be unique.")
	}
	r.move(call, found, *in.BranchName, *in.CommitId)
	return &codecommit.CreateBranchOutput{}, nil
}

// byID is the commit of a full id.
func (r *repository) byID(id *string) (*commit, error) {
	switch {
	case aws.ToString(id) == "":
		return nil, refuse("CommitIdRequiredException", "A commit ID was not specified.")
	case !fullID.MatchString(*id):
		return nil, refuse("InvalidCommitIdException", "The specified commit ID is not valid.")
	}
	found, ok := r.commits[*id]
	if !ok {
		return nil, refuse("CommitIdDoesNotExistException", "The specified commit ID does not exist.")
	}
	return found, nil
}

func (r *Repositories) getBranch(_ *wire.Call, in *codecommit.GetBranchInput) (*codecommit.GetBranchOutput, error) {
	found, err := r.find(in.RepositoryName)
	if err != nil {
		return nil, err
	}
	if err := checkBranchName(in.BranchName); err != nil {
		return nil, err
	}
	tip, ok := found.branches[*in.BranchName]
	if !ok {
		return nil, noBranch(*in.BranchName)
	}
	return &codecommit.GetBranchOutput{Branch: &types.BranchInfo{BranchName: in.BranchName, CommitId: &tip}}, nil
}

func (r *Repositories) listBranches(_ *wire.Call, in *codecommit.ListBranchesInput) (*codecommit.ListBranchesOutput, error) {
	found, err := r.find(in.RepositoryName)
	if err != nil {
		return nil, err
	}
	names := slices.AppendSeq([]string{}, maps.Keys(found.branches))
	slices.Sort(names)
	return &codecommit.ListBranchesOutput{Branches: names}, nil
}

// stateChange is the detail of "CodeCommit Repository State Change" (user guide, monitoring-events).
type stateChange struct {
	Event             string `json:"event"`
	RepositoryName    string `json:"repositoryName"`
	RepositoryID      string `json:"repositoryId"`
	ReferenceType     string `json:"referenceType"`
	ReferenceName     string `json:"referenceName"`
	ReferenceFullName string `json:"referenceFullName"`
	CommitID          string `json:"commitId"`
	OldCommitID       string `json:"oldCommitId,omitempty"`
	CallerUserARN     string `json:"callerUserArn"`
}

// move points a branch at a commit, and tells so: this event is what starts pipelines. The first branch of a repository
// becomes its default.
func (r *Repositories) move(call *wire.Call, found *repository, branch, id string) {
	change := stateChange{
		Event: "referenceUpdated", RepositoryName: found.name, RepositoryID: found.id, ReferenceType: "branch", ReferenceName: branch,
		ReferenceFullName: "refs/heads/" + branch, CommitID: id, OldCommitID: found.branches[branch], CallerUserARN: call.Principal.ARN,
	}
	if change.OldCommitID == "" {
		change.Event = "referenceCreated"
	}
	found.branches[branch], found.modified = id, r.account.Now()
	if found.defaultBranch == "" {
		found.defaultBranch = branch
	}
	r.emit("CodeCommit Repository State Change", []string{found.arn}, change)
}

// resolve finds the commit that a specifier means: a full id, a branch, refs/heads/ and a branch, or HEAD; without one, or
// for HEAD, the tip of the default branch.
func (r *repository) resolve(specifier *string) (*commit, error) {
	name := aws.ToString(specifier)
	if found, ok := r.commits[name]; ok {
		return found, nil
	}
	if name == "" || name == "HEAD" {
		name = r.defaultBranch
	}
	if tip, ok := r.branches[strings.TrimPrefix(name, "refs/heads/")]; ok {
		return r.commits[tip], nil
	}
	return nil, refuse("CommitDoesNotExistException", "The specified commit does not exist or no commit was specified, and the specified "+
		"repository has no default branch.")
}
