package route53

import (
	"bluegreen/internal/localaws/wire"
)

// Service is the API of Route 53, as far as it is modelled.
func (z *Zones) Service() wire.Service {
	const zonePath, id = "/2013-04-01/hostedzone/{HostedZoneId}", "HostedZoneId"
	return wire.Service{
		SigningName: "route53",
		Protocol:    wire.RESTXML,
		Namespace:   "https://route53.amazonaws.com/doc/2013-04-01/",
		Global:      true,
		EmptyLists:  map[string]wire.EmptyList{"GetHostedZoneOutput.VPCs": wire.LeftOut}, // of a public zone
		Operations: []wire.Operation{
			wire.Op("CreateHostedZone", z.createZone, "Name", "CallerReference", "HostedZoneConfig", "VPC").Requires("Name", "CallerReference").
				REST("POST", "/2013-04-01/hostedzone").WithStatus("", 201).WithHeaders(map[string]string{"Location": "Location"}),
			wire.Op("DeleteHostedZone", z.deleteZone, "Id").REST("DELETE", "/2013-04-01/hostedzone/{Id}"),
			wire.Op("GetHostedZone", z.getZone, "Id").REST("GET", "/2013-04-01/hostedzone/{Id}"),
			wire.Op("ListHostedZones", z.listZones, "Marker", "MaxItems").REST("GET", "/2013-04-01/hostedzone").
				WithQuery(map[string]string{"marker": "Marker", "maxitems": "MaxItems", "delegationsetid": "DelegationSetId", "hostedzonetype": "HostedZoneType"}),
			wire.Op("ListHostedZonesByName", z.listZonesByName, "DNSName", id, "MaxItems").REST("GET", "/2013-04-01/hostedzonesbyname").
				WithQuery(map[string]string{"dnsname": "DNSName", "hostedzoneid": id, "maxitems": "MaxItems"}),
			wire.Op("ListResourceRecordSets", z.listRecordSets, id, "StartRecordName", "StartRecordType", "StartRecordIdentifier", "MaxItems").
				REST("GET", zonePath+"/rrset").WithQuery(map[string]string{
				"name": "StartRecordName", "type": "StartRecordType", "identifier": "StartRecordIdentifier", "maxitems": "MaxItems"}),
			wire.Op("ChangeResourceRecordSets", z.changeRecordSets, id, "ChangeBatch").Requires("ChangeBatch").REST("POST", zonePath+"/rrset/"),
			wire.Op("GetChange", z.getChange, "Id").REST("GET", "/2013-04-01/change/{Id}"),
			wire.Op("CreateResourceRecordSetProtections", z.createProtections, id, "Protections").Requires("Protections").
				REST("POST", zonePath+"/rrsetprotection"),
			wire.Op("DeleteResourceRecordSetProtections", z.deleteProtections, id, "Protections").Requires("Protections").
				REST("POST", zonePath+"/rrsetprotection/delete"),
			wire.Op("ListResourceRecordSetProtections", z.listProtections, id, "StartRecordName", "StartRecordType", "MaxResults", "NextToken").
				REST("GET", zonePath+"/rrsetprotection").WithQuery(map[string]string{
				"name": "StartRecordName", "type": "StartRecordType", "maxresults": "MaxResults", "nexttoken": "NextToken"}),
		},
	}
}

func invalid(format string, args ...any) error { return wire.Errorf("InvalidInput", format, args...) }
