// Package codecommit is a model of AWS CodeCommit: Git repositories that are written and read through the API. Ids of
// commits, trees and files are those that Git computes. There is no Git server: what a push would do, PutFile and
// CreateCommit do. Error codes and texts are the API's own (the SDK's documentation of each error).
package codecommit

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codecommit"
	"github.com/aws/aws-sdk-go-v2/service/codecommit/types"

	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"
)

// Repositories are the repositories of one account.
type Repositories struct {
	account  *account.Account
	settings Settings
	byName   map[string]*repository
	emit     func(detailType string, resources []string, detail any)
}

type repository struct {
	name, id, arn     string
	description       *string
	kmsKey            *string
	created, modified time.Time
	defaultBranch     string            // "" while nothing was committed
	branches          map[string]string // commit id by name
	commits           map[string]*commit
	blobs             map[string][]byte
}

// New returns an account's CodeCommit: no repository.
func New(acct *account.Account, settings Settings) *Repositories {
	return &Repositories{
		account: acct, settings: settings, byName: make(map[string]*repository),
		emit: func(string, []string, any) {},
	}
}

// OnEvent sets who is told, as by EventBridge events of aws.codecommit, with the lock held.
func (r *Repositories) OnEvent(emit func(detailType string, resources []string, detail any)) {
	r.emit = emit
}

func refuse(code, format string, args ...any) error { return wire.Errorf(code, format, args...) }

var repositoryName = regexp.MustCompile(`^[\w.-]{1,100}$`)

func checkRepositoryName(name *string) error {
	switch {
	case aws.ToString(name) == "":
		return refuse("RepositoryNameRequiredException", "A repository name is required, but was not specified.")
	case !repositoryName.MatchString(*name) || strings.HasSuffix(*name, ".git"):
		return refuse("InvalidRepositoryNameException", "The repository name is not valid. Repository names can be any valid combination "+
			"of letters, numbers, periods, underscores, and dashes between 1 and 100 characters in length. Names are case sensitive. "+
			"For more information, see Limits in the AWS CodeCommit User Guide. ")
	}
	return nil
}

// find returns the repository of a name.
func (r *Repositories) find(name *string) (*repository, error) {
	if err := checkRepositoryName(name); err != nil {
		return nil, err
	}
	found, ok := r.byName[*name]
	if !ok {
		return nil, refuse("RepositoryDoesNotExistException", "%s does not exist", *name)
	}
	return found, nil
}

func (r *Repositories) createRepository(_ *wire.Call, in *codecommit.CreateRepositoryInput) (*codecommit.CreateRepositoryOutput, error) {
	if err := checkRepositoryName(in.RepositoryName); err != nil {
		return nil, err
	}
	if _, exists := r.byName[*in.RepositoryName]; exists {
		return nil, refuse("RepositoryNameExistsException", "Repository named %s already exists", *in.RepositoryName)
	}
	if len(aws.ToString(in.RepositoryDescription)) > 1000 {
		return nil, refuse("InvalidRepositoryDescriptionException", "The specified repository description is not valid.")
	}
	if len(r.byName) >= r.settings.MaxRepositories {
		return nil, refuse("RepositoryLimitExceededException", "A repository resource limit was exceeded.")
	}
	now := r.account.Now()
	created := &repository{
		name: *in.RepositoryName, id: r.account.UUID(), arn: r.account.ARN("codecommit", *in.RepositoryName),
		description: in.RepositoryDescription, kmsKey: in.KmsKeyId, created: now, modified: now,
		branches: make(map[string]string), commits: make(map[string]*commit), blobs: make(map[string][]byte),
	}
	r.byName[created.name] = created
	return &codecommit.CreateRepositoryOutput{RepositoryMetadata: r.metadata(created)}, nil
}

func (r *Repositories) metadata(found *repository) *types.RepositoryMetadata {
	metadata := &types.RepositoryMetadata{
		AccountId: &r.account.ID, Arn: &found.arn, RepositoryId: &found.id, RepositoryName: &found.name,
		RepositoryDescription: found.description, KmsKeyId: found.kmsKey, CreationDate: &found.created, LastModifiedDate: &found.modified,
		CloneUrlHttp: aws.String("https://git-codecommit." + r.account.Region + ".amazonaws.com/v1/repos/" + found.name),
		CloneUrlSsh:  aws.String("ssh://git-codecommit." + r.account.Region + ".amazonaws.com/v1/repos/" + found.name),
	}
	if found.defaultBranch != "" {
		metadata.DefaultBranch = &found.defaultBranch
	}
	return metadata
}

func (r *Repositories) getRepository(_ *wire.Call, in *codecommit.GetRepositoryInput) (*codecommit.GetRepositoryOutput, error) {
	found, err := r.find(in.RepositoryName)
	if err != nil {
		return nil, err
	}
	return &codecommit.GetRepositoryOutput{RepositoryMetadata: r.metadata(found)}, nil
}

// listRepositories lists all of them on one page: a page holds 1,000, as many as an account may have.
func (r *Repositories) listRepositories(_ *wire.Call, in *codecommit.ListRepositoriesInput) (*codecommit.ListRepositoriesOutput, error) {
	switch in.Order {
	case "", types.OrderEnumAscending, types.OrderEnumDescending:
	default:
		return nil, refuse("InvalidOrderException", "The specified sort order is not valid.")
	}
	order := func(a, b *repository) int { return cmp.Compare(a.name, b.name) }
	switch in.SortBy {
	case "", types.SortByEnumRepositoryName:
	case types.SortByEnumModifiedDate:
		order = func(a, b *repository) int { return cmp.Or(a.modified.Compare(b.modified), cmp.Compare(a.name, b.name)) }
	default:
		return nil, refuse("InvalidSortByException", "The specified sort by value is not valid.")
	}
	all := slices.SortedFunc(maps.Values(r.byName), order)
	if in.Order == types.OrderEnumDescending {
		slices.Reverse(all)
	}
	out := &codecommit.ListRepositoriesOutput{Repositories: []types.RepositoryNameIdPair{}}
	for _, found := range all {
		out.Repositories = append(out.Repositories, types.RepositoryNameIdPair{RepositoryId: &found.id, RepositoryName: &found.name})
	}
	return out, nil
}

// deleteRepository succeeds also for a repository that does not exist: its answer has no id then, as on AWS.
func (r *Repositories) deleteRepository(_ *wire.Call, in *codecommit.DeleteRepositoryInput) (*codecommit.DeleteRepositoryOutput, error) {
	if err := checkRepositoryName(in.RepositoryName); err != nil {
		return nil, err
	}
	found, ok := r.byName[*in.RepositoryName]
	if !ok {
		return &codecommit.DeleteRepositoryOutput{}, nil
	}
	delete(r.byName, found.name)
	return &codecommit.DeleteRepositoryOutput{RepositoryId: &found.id}, nil
}
