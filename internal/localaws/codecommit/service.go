package codecommit

import "bluegreen/internal/localaws/wire"

// Service is the API of CodeCommit, version 2015-04-13, as far as it is modelled. What a request lacks, CodeCommit says by
// an error of its own for each member, so no operation Requires any.
func (r *Repositories) Service() wire.Service {
	const repository, branch, specifier = "RepositoryName", "BranchName", "CommitSpecifier"
	return wire.Service{
		SigningName:   "codecommit",
		Protocol:      wire.AWSJSON11,
		Version:       "2015-04-13",
		TargetPrefix:  "CodeCommit_20150413",
		LowerCamel:    true,
		RequestNames:  map[string]string{"GetDifferencesInput.MaxResults": "MaxResults", "GetDifferencesInput.NextToken": "NextToken"},
		ResponseNames: map[string]string{"GetDifferencesOutput.NextToken": "NextToken", "RepositoryMetadata.Arn": "Arn"},
		EmptyLists: map[string]wire.EmptyList{
			"Commit.Parents": wire.There,
		},
		Operations: []wire.Operation{
			wire.Op("CreateRepository", r.createRepository, repository, "RepositoryDescription", "KmsKeyId"),
			wire.Op("GetRepository", r.getRepository, repository),
			wire.Op("ListRepositories", r.listRepositories, "Order", "SortBy"),
			wire.Op("DeleteRepository", r.deleteRepository, repository),

			wire.Op("CreateBranch", r.createBranch, repository, branch, "CommitId"),
			wire.Op("GetBranch", r.getBranch, repository, branch),
			wire.Op("ListBranches", r.listBranches, repository),

			wire.Op("PutFile", r.putFile, repository, branch, "FilePath", "FileContent", "FileMode", "ParentCommitId", "CommitMessage",
				"Name", "Email"),
			wire.Op("CreateCommit", r.createCommit, repository, branch, "ParentCommitId", "AuthorName", "Email", "CommitMessage",
				"PutFiles.FilePath", "PutFiles.FileContent", "PutFiles.FileMode", "DeleteFiles.FilePath", "SetFileModes.FilePath",
				"SetFileModes.FileMode"),
			wire.Op("GetCommit", r.getCommit, repository, "CommitId"),
			wire.Op("GetFile", r.getFile, repository, "FilePath", specifier),
			wire.Op("GetBlob", r.getBlob, repository, "BlobId"),
			wire.Op("GetFolder", r.getFolder, repository, "FolderPath", specifier),
			wire.Op("GetDifferences", r.getDifferences, repository, "BeforeCommitSpecifier", "AfterCommitSpecifier", "MaxResults", "NextToken"),
		},
	}
}
