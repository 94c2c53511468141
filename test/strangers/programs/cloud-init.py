"""Reads IMDS with cloud-init's own code and prints what it found, as JSON; nothing is booted or configured."""

import json

from cloudinit.sources import DataSourceAzure as azure

try:
    from cloudinit.sources.azure import imds

    metadata = imds.fetch_metadata_with_api_fallback()
except ImportError:  # before cloud-init 22.4 had its reader in a module of its own
    from cloudinit.helpers import Paths

    source = azure.DataSourceAzure({}, None, Paths({"cloud_dir": "/nonexistent", "run_dir": "/nonexistent"}))
    metadata = source.get_imds_data_with_api_fallback(retries=0)

network = getattr(azure, "generate_network_config_from_instance_network_metadata", None)
print(
    json.dumps(
        {
            "metadata": metadata,
            "username": azure._username_from_imds(metadata),
            "hostname": azure._hostname_from_imds(metadata),
            "disablePassword": azure._disable_password_from_imds(metadata),
            "userData": azure._userdata_from_imds(metadata),
            "network": network(metadata["network"]) if network else None,
        }
    )
)
