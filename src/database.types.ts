// Generated from supabase/migrations by `npm run types`. Not edited by hand.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  public: {
    Tables: {
      api_connections: {
        Row: {
          api_type: string
          auth_type: string
          created_at: string
          created_by: string | null
          custom_headers: NonNullable<Json>
          description: string | null
          endpoint_url: string
          has_secret: boolean
          http_method: string
          id: string
          is_active: boolean
          name: string
          project_id: string | null
          request_body_template: NonNullable<Json>
          response_path: string | null
          response_schema: NonNullable<Json>
          secret_hint: string | null
          secret_id: string | null
          secret_rotated_at: string | null
          updated_at: string
          workspace_id: string | null
        }
        ComputedFields: never
        Insert: {
          api_type: string
          auth_type: string
          created_at?: string
          created_by?: string | null
          custom_headers?: NonNullable<Json>
          description?: string | null
          endpoint_url: string
          has_secret?: never
          http_method: string
          id?: string
          is_active?: boolean
          name: string
          project_id?: string | null
          request_body_template?: NonNullable<Json>
          response_path?: string | null
          response_schema?: NonNullable<Json>
          secret_hint?: string | null
          secret_id?: string | null
          secret_rotated_at?: string | null
          updated_at?: string
          workspace_id?: string | null
        }
        Update: {
          api_type?: string
          auth_type?: string
          created_at?: string
          created_by?: string | null
          custom_headers?: NonNullable<Json>
          description?: string | null
          endpoint_url?: string
          has_secret?: never
          http_method?: string
          id?: string
          is_active?: boolean
          name?: string
          project_id?: string | null
          request_body_template?: NonNullable<Json>
          response_path?: string | null
          response_schema?: NonNullable<Json>
          secret_hint?: string | null
          secret_id?: string | null
          secret_rotated_at?: string | null
          updated_at?: string
          workspace_id?: string | null
        }
        Relationships: [
          {
            foreignKeyName: 'api_connections_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'api_connections_project_id_fkey'
            columns: ['project_id']
            isOneToOne: false
            referencedRelation: 'projects'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'api_connections_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      artifact_file_versions: {
        Row: {
          artifact_id: string
          artifact_revision: number
          created_at: string
          created_by: string | null
          file_id: string
          file_path: string
          file_size: number
          is_executable: boolean
          is_owner_only: boolean
          modified_at: string
          removed: boolean
          revision: number
          sha256: string
        }
        ComputedFields: never
        Insert: {
          artifact_id: string
          artifact_revision: number
          created_at?: string
          created_by?: string | null
          file_id: string
          file_path: string
          file_size: number
          is_executable?: boolean
          is_owner_only?: boolean
          modified_at?: string
          removed?: boolean
          revision: number
          sha256: string
        }
        Update: {
          artifact_id?: string
          artifact_revision?: number
          created_at?: string
          created_by?: string | null
          file_id?: string
          file_path?: string
          file_size?: number
          is_executable?: boolean
          is_owner_only?: boolean
          modified_at?: string
          removed?: boolean
          revision?: number
          sha256?: string
        }
        Relationships: [
          {
            foreignKeyName: 'artifact_file_versions_artifact_id_fkey'
            columns: ['artifact_id']
            isOneToOne: false
            referencedRelation: 'artifacts'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'artifact_file_versions_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'artifact_file_versions_file_id_fkey'
            columns: ['file_id']
            isOneToOne: false
            referencedRelation: 'artifact_files'
            referencedColumns: ['id']
          },
        ]
      }
      artifact_files: {
        Row: {
          artifact_id: string
          changed_xid: unknown
          created_at: string
          created_by: string | null
          deleted_at: string | null
          file_name: string
          file_path: string
          file_size: number
          file_type: string
          folded_path: string | null
          id: string
          is_executable: boolean
          is_main_file: boolean
          is_owner_only: boolean
          is_public: boolean
          metadata: NonNullable<Json>
          modified_at: string
          project_id: string
          revision: number
          sha256: string
          storage_path: string
          updated_at: string
          updated_by: string | null
        }
        ComputedFields: never
        Insert: {
          artifact_id: string
          changed_xid?: unknown
          created_at?: string
          created_by?: string | null
          deleted_at?: string | null
          file_name?: never
          file_path: string
          file_size: number
          file_type: string
          folded_path?: never
          id?: string
          is_executable?: boolean
          is_main_file?: boolean
          is_owner_only?: boolean
          is_public: boolean
          metadata?: NonNullable<Json>
          modified_at?: string
          project_id: string
          revision?: number
          sha256: string
          storage_path?: never
          updated_at?: string
          updated_by?: string | null
        }
        Update: {
          artifact_id?: string
          changed_xid?: unknown
          created_at?: string
          created_by?: string | null
          deleted_at?: string | null
          file_name?: never
          file_path?: string
          file_size?: number
          file_type?: string
          folded_path?: never
          id?: string
          is_executable?: boolean
          is_main_file?: boolean
          is_owner_only?: boolean
          is_public?: boolean
          metadata?: NonNullable<Json>
          modified_at?: string
          project_id?: string
          revision?: number
          sha256?: string
          storage_path?: never
          updated_at?: string
          updated_by?: string | null
        }
        Relationships: [
          {
            foreignKeyName: 'artifact_files_artifact_id_project_id_is_public_fkey'
            columns: ['artifact_id', 'project_id', 'is_public']
            isOneToOne: false
            referencedRelation: 'artifacts'
            referencedColumns: ['id', 'project_id', 'is_public']
          },
          {
            foreignKeyName: 'artifact_files_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'artifact_files_updated_by_fkey'
            columns: ['updated_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
        ]
      }
      artifacts: {
        Row: {
          artifact_type: string
          changed_xid: unknown
          chat_id: string | null
          created_at: string
          created_by: string | null
          deleted_at: string | null
          description: string | null
          id: string
          is_public: boolean
          metadata: NonNullable<Json>
          progress: number
          project_id: string
          revision: number
          search: unknown
          status: Database['public']['Enums']['artifact_status']
          title: string
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          artifact_type: string
          changed_xid?: unknown
          chat_id?: string | null
          created_at?: string
          created_by?: string | null
          deleted_at?: string | null
          description?: string | null
          id?: string
          is_public?: boolean
          metadata?: NonNullable<Json>
          progress?: number
          project_id: string
          revision?: number
          search?: never
          status?: Database['public']['Enums']['artifact_status']
          title: string
          updated_at?: string
        }
        Update: {
          artifact_type?: string
          changed_xid?: unknown
          chat_id?: string | null
          created_at?: string
          created_by?: string | null
          deleted_at?: string | null
          description?: string | null
          id?: string
          is_public?: boolean
          metadata?: NonNullable<Json>
          progress?: number
          project_id?: string
          revision?: number
          search?: never
          status?: Database['public']['Enums']['artifact_status']
          title?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: 'artifacts_chat_id_project_id_fkey'
            columns: ['chat_id', 'project_id']
            isOneToOne: false
            referencedRelation: 'chat_sessions'
            referencedColumns: ['id', 'project_id']
          },
          {
            foreignKeyName: 'artifacts_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'artifacts_project_id_fkey'
            columns: ['project_id']
            isOneToOne: false
            referencedRelation: 'projects'
            referencedColumns: ['id']
          },
        ]
      }
      audit_logs: {
        Row: {
          action: string
          actor_role: string
          changed_by: string | null
          created_at: string
          id: string
          ip_address: unknown
          new_data: Json | null
          old_data: Json | null
          project_id: string | null
          reason: string | null
          record_id: string
          table_name: string
          user_agent: string | null
          workspace_id: string | null
        }
        ComputedFields: never
        Insert: {
          action: string
          actor_role: string
          changed_by?: string | null
          created_at?: string
          id?: string
          ip_address?: unknown
          new_data?: Json | null
          old_data?: Json | null
          project_id?: string | null
          reason?: string | null
          record_id: string
          table_name: string
          user_agent?: string | null
          workspace_id?: string | null
        }
        Update: {
          action?: string
          actor_role?: string
          changed_by?: string | null
          created_at?: string
          id?: string
          ip_address?: unknown
          new_data?: Json | null
          old_data?: Json | null
          project_id?: string | null
          reason?: string | null
          record_id?: string
          table_name?: string
          user_agent?: string | null
          workspace_id?: string | null
        }
        Relationships: []
      }
      chat_messages: {
        Row: {
          agent_type: string | null
          chat_id: string
          content: NonNullable<Json>
          created_at: string
          created_by: string | null
          id: string
          message_type: string
          metadata: NonNullable<Json>
          project_id: string
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          agent_type?: string | null
          chat_id: string
          content: NonNullable<Json>
          created_at?: string
          created_by?: string | null
          id?: string
          message_type: string
          metadata?: NonNullable<Json>
          project_id: string
          updated_at?: string
        }
        Update: {
          agent_type?: string | null
          chat_id?: string
          content?: NonNullable<Json>
          created_at?: string
          created_by?: string | null
          id?: string
          message_type?: string
          metadata?: NonNullable<Json>
          project_id?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: 'chat_messages_chat_id_project_id_fkey'
            columns: ['chat_id', 'project_id']
            isOneToOne: false
            referencedRelation: 'chat_sessions'
            referencedColumns: ['id', 'project_id']
          },
          {
            foreignKeyName: 'chat_messages_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
        ]
      }
      chat_participants: {
        Row: {
          chat_id: string
          id: string
          is_active: boolean
          joined_at: string
          last_read_at: string
          project_id: string
          user_id: string
        }
        ComputedFields: never
        Insert: {
          chat_id: string
          id?: string
          is_active?: boolean
          joined_at?: string
          last_read_at?: string
          project_id: string
          user_id: string
        }
        Update: {
          chat_id?: string
          id?: string
          is_active?: boolean
          joined_at?: string
          last_read_at?: string
          project_id?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'chat_participants_chat_id_project_id_fkey'
            columns: ['chat_id', 'project_id']
            isOneToOne: false
            referencedRelation: 'chat_sessions'
            referencedColumns: ['id', 'project_id']
          },
          {
            foreignKeyName: 'chat_participants_user_id_fkey'
            columns: ['user_id']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
        ]
      }
      chat_sessions: {
        Row: {
          created_at: string
          created_by: string | null
          description: string | null
          id: string
          is_active: boolean
          last_message_at: string | null
          project_id: string
          settings: NonNullable<Json>
          title: string
          updated_at: string
          updated_by: string | null
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          created_by?: string | null
          description?: string | null
          id?: string
          is_active?: boolean
          last_message_at?: string | null
          project_id: string
          settings?: NonNullable<Json>
          title: string
          updated_at?: string
          updated_by?: string | null
        }
        Update: {
          created_at?: string
          created_by?: string | null
          description?: string | null
          id?: string
          is_active?: boolean
          last_message_at?: string | null
          project_id?: string
          settings?: NonNullable<Json>
          title?: string
          updated_at?: string
          updated_by?: string | null
        }
        Relationships: [
          {
            foreignKeyName: 'chat_sessions_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'chat_sessions_project_id_fkey'
            columns: ['project_id']
            isOneToOne: false
            referencedRelation: 'projects'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'chat_sessions_updated_by_fkey'
            columns: ['updated_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
        ]
      }
      environment_variables: {
        Row: {
          created_at: string
          created_by: string | null
          has_secret: boolean
          id: string
          name: string
          project_id: string
          secret_hint: string | null
          secret_id: string | null
          secret_rotated_at: string | null
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          created_by?: string | null
          has_secret?: never
          id?: string
          name: string
          project_id: string
          secret_hint?: string | null
          secret_id?: string | null
          secret_rotated_at?: string | null
          updated_at?: string
        }
        Update: {
          created_at?: string
          created_by?: string | null
          has_secret?: never
          id?: string
          name?: string
          project_id?: string
          secret_hint?: string | null
          secret_id?: string | null
          secret_rotated_at?: string | null
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: 'environment_variables_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'environment_variables_project_id_fkey'
            columns: ['project_id']
            isOneToOne: false
            referencedRelation: 'projects'
            referencedColumns: ['id']
          },
        ]
      }
      invitations: {
        Row: {
          accepted_at: string | null
          accepted_by: string | null
          created_at: string
          created_by: string | null
          email: string
          expires_at: string
          id: string
          project_id: string | null
          project_role: Database['public']['Enums']['project_role'] | null
          revoked_at: string | null
          token_hash: string
          workspace_id: string | null
          workspace_role: Database['public']['Enums']['workspace_role'] | null
        }
        ComputedFields: never
        Insert: {
          accepted_at?: string | null
          accepted_by?: string | null
          created_at?: string
          created_by?: string | null
          email: string
          expires_at?: string
          id?: string
          project_id?: string | null
          project_role?: Database['public']['Enums']['project_role'] | null
          revoked_at?: string | null
          token_hash: string
          workspace_id?: string | null
          workspace_role?: Database['public']['Enums']['workspace_role'] | null
        }
        Update: {
          accepted_at?: string | null
          accepted_by?: string | null
          created_at?: string
          created_by?: string | null
          email?: string
          expires_at?: string
          id?: string
          project_id?: string | null
          project_role?: Database['public']['Enums']['project_role'] | null
          revoked_at?: string | null
          token_hash?: string
          workspace_id?: string | null
          workspace_role?: Database['public']['Enums']['workspace_role'] | null
        }
        Relationships: [
          {
            foreignKeyName: 'invitations_accepted_by_fkey'
            columns: ['accepted_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'invitations_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'invitations_project_id_fkey'
            columns: ['project_id']
            isOneToOne: false
            referencedRelation: 'projects'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'invitations_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      oauth2_connections: {
        Row: {
          additional_params: NonNullable<Json>
          client_id: string
          created_at: string
          created_by: string | null
          has_secret: boolean
          id: string
          is_active: boolean
          project_id: string | null
          provider: string
          provider_config: NonNullable<Json>
          redirect_uri: string
          scopes: string[]
          secret_hint: string | null
          secret_id: string | null
          secret_rotated_at: string | null
          updated_at: string
          workspace_id: string | null
        }
        ComputedFields: never
        Insert: {
          additional_params?: NonNullable<Json>
          client_id: string
          created_at?: string
          created_by?: string | null
          has_secret?: never
          id?: string
          is_active?: boolean
          project_id?: string | null
          provider: string
          provider_config: NonNullable<Json>
          redirect_uri: string
          scopes: string[]
          secret_hint?: string | null
          secret_id?: string | null
          secret_rotated_at?: string | null
          updated_at?: string
          workspace_id?: string | null
        }
        Update: {
          additional_params?: NonNullable<Json>
          client_id?: string
          created_at?: string
          created_by?: string | null
          has_secret?: never
          id?: string
          is_active?: boolean
          project_id?: string | null
          provider?: string
          provider_config?: NonNullable<Json>
          redirect_uri?: string
          scopes?: string[]
          secret_hint?: string | null
          secret_id?: string | null
          secret_rotated_at?: string | null
          updated_at?: string
          workspace_id?: string | null
        }
        Relationships: [
          {
            foreignKeyName: 'oauth2_connections_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'oauth2_connections_project_id_fkey'
            columns: ['project_id']
            isOneToOne: false
            referencedRelation: 'projects'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'oauth2_connections_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      oauth2_tokens: {
        Row: {
          connection_id: string
          created_at: string
          expires_at: string | null
          has_refresh_token: boolean
          id: string
          lease_id: string | null
          lease_until: string | null
          scope: string | null
          secret_id: string
          token_type: string
          updated_at: string
          user_id: string | null
        }
        ComputedFields: never
        Insert: {
          connection_id: string
          created_at?: string
          expires_at?: string | null
          has_refresh_token?: boolean
          id?: string
          lease_id?: string | null
          lease_until?: string | null
          scope?: string | null
          secret_id: string
          token_type?: string
          updated_at?: string
          user_id?: string | null
        }
        Update: {
          connection_id?: string
          created_at?: string
          expires_at?: string | null
          has_refresh_token?: boolean
          id?: string
          lease_id?: string | null
          lease_until?: string | null
          scope?: string | null
          secret_id?: string
          token_type?: string
          updated_at?: string
          user_id?: string | null
        }
        Relationships: [
          {
            foreignKeyName: 'oauth2_tokens_connection_id_fkey'
            columns: ['connection_id']
            isOneToOne: false
            referencedRelation: 'oauth2_connections'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'oauth2_tokens_user_id_fkey'
            columns: ['user_id']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
        ]
      }
      project_context: {
        Row: {
          content: NonNullable<Json>
          context_type: string
          created_at: string
          created_by: string | null
          id: string
          metadata: NonNullable<Json>
          project_id: string
          title: string
          updated_at: string
          updated_by: string | null
        }
        ComputedFields: never
        Insert: {
          content: NonNullable<Json>
          context_type: string
          created_at?: string
          created_by?: string | null
          id?: string
          metadata?: NonNullable<Json>
          project_id: string
          title: string
          updated_at?: string
          updated_by?: string | null
        }
        Update: {
          content?: NonNullable<Json>
          context_type?: string
          created_at?: string
          created_by?: string | null
          id?: string
          metadata?: NonNullable<Json>
          project_id?: string
          title?: string
          updated_at?: string
          updated_by?: string | null
        }
        Relationships: [
          {
            foreignKeyName: 'project_context_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'project_context_project_id_fkey'
            columns: ['project_id']
            isOneToOne: false
            referencedRelation: 'projects'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'project_context_updated_by_fkey'
            columns: ['updated_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
        ]
      }
      project_orders: {
        Row: {
          created_at: string
          project_ids: string[]
          updated_at: string
          user_id: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          project_ids: string[]
          updated_at?: string
          user_id: string
          workspace_id: string
        }
        Update: {
          created_at?: string
          project_ids?: string[]
          updated_at?: string
          user_id?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'project_orders_user_id_fkey'
            columns: ['user_id']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'project_orders_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      project_requirements: {
        Row: {
          approved_at: string | null
          approved_by: string | null
          content: NonNullable<Json>
          created_at: string
          created_by: string | null
          id: string
          project_id: string
          status: Database['public']['Enums']['document_status']
          title: string
          updated_at: string
          updated_by: string | null
          version: number
        }
        ComputedFields: never
        Insert: {
          approved_at?: string | null
          approved_by?: string | null
          content: NonNullable<Json>
          created_at?: string
          created_by?: string | null
          id?: string
          project_id: string
          status?: Database['public']['Enums']['document_status']
          title: string
          updated_at?: string
          updated_by?: string | null
          version?: number
        }
        Update: {
          approved_at?: string | null
          approved_by?: string | null
          content?: NonNullable<Json>
          created_at?: string
          created_by?: string | null
          id?: string
          project_id?: string
          status?: Database['public']['Enums']['document_status']
          title?: string
          updated_at?: string
          updated_by?: string | null
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: 'project_requirements_approved_by_fkey'
            columns: ['approved_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'project_requirements_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'project_requirements_project_id_fkey'
            columns: ['project_id']
            isOneToOne: false
            referencedRelation: 'projects'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'project_requirements_updated_by_fkey'
            columns: ['updated_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
        ]
      }
      project_stats: {
        Row: {
          created_at: string
          id: string
          project_id: string
          stats_date: string
          tokens_remaining: number
          total_artifacts: number
          total_chats: number
          total_files: number
          total_tokens_used: number
          total_users: number
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          id?: string
          project_id: string
          stats_date: string
          tokens_remaining: number
          total_artifacts: number
          total_chats: number
          total_files: number
          total_tokens_used: number
          total_users: number
          workspace_id: string
        }
        Update: {
          created_at?: string
          id?: string
          project_id?: string
          stats_date?: string
          tokens_remaining?: number
          total_artifacts?: number
          total_chats?: number
          total_files?: number
          total_tokens_used?: number
          total_users?: number
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'project_stats_project_id_fkey'
            columns: ['project_id']
            isOneToOne: false
            referencedRelation: 'projects'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'project_stats_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      project_users: {
        Row: {
          created_at: string
          expires_at: string | null
          id: string
          invited_by: string | null
          project_id: string
          role: Database['public']['Enums']['project_role']
          user_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          expires_at?: string | null
          id?: string
          invited_by?: string | null
          project_id: string
          role: Database['public']['Enums']['project_role']
          user_id: string
        }
        Update: {
          created_at?: string
          expires_at?: string | null
          id?: string
          invited_by?: string | null
          project_id?: string
          role?: Database['public']['Enums']['project_role']
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'project_users_invited_by_fkey'
            columns: ['invited_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'project_users_project_id_fkey'
            columns: ['project_id']
            isOneToOne: false
            referencedRelation: 'projects'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'project_users_user_id_fkey'
            columns: ['user_id']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
        ]
      }
      projects: {
        Row: {
          archived_reason: string | null
          color_palette: Json | null
          created_at: string
          deleted_at: string | null
          description: string | null
          id: string
          is_active: boolean
          kind: Database['public']['Enums']['project_kind']
          logo_url: string | null
          name: string
          owner_id: string | null
          settings: NonNullable<Json>
          updated_at: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          archived_reason?: string | null
          color_palette?: Json | null
          created_at?: string
          deleted_at?: string | null
          description?: string | null
          id?: string
          is_active?: boolean
          kind?: Database['public']['Enums']['project_kind']
          logo_url?: string | null
          name: string
          owner_id?: string | null
          settings?: NonNullable<Json>
          updated_at?: string
          workspace_id: string
        }
        Update: {
          archived_reason?: string | null
          color_palette?: Json | null
          created_at?: string
          deleted_at?: string | null
          description?: string | null
          id?: string
          is_active?: boolean
          kind?: Database['public']['Enums']['project_kind']
          logo_url?: string | null
          name?: string
          owner_id?: string | null
          settings?: NonNullable<Json>
          updated_at?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'projects_owner_id_fkey'
            columns: ['owner_id']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'projects_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      technical_architecture: {
        Row: {
          apis_used: Json | null
          approved_at: string | null
          approved_by: string | null
          content: NonNullable<Json>
          created_at: string
          created_by: string | null
          data_schemas: Json | null
          id: string
          project_id: string
          security_requirements: Json | null
          status: Database['public']['Enums']['document_status']
          title: string
          updated_at: string
          updated_by: string | null
          version: number
        }
        ComputedFields: never
        Insert: {
          apis_used?: Json | null
          approved_at?: string | null
          approved_by?: string | null
          content: NonNullable<Json>
          created_at?: string
          created_by?: string | null
          data_schemas?: Json | null
          id?: string
          project_id: string
          security_requirements?: Json | null
          status?: Database['public']['Enums']['document_status']
          title: string
          updated_at?: string
          updated_by?: string | null
          version?: number
        }
        Update: {
          apis_used?: Json | null
          approved_at?: string | null
          approved_by?: string | null
          content?: NonNullable<Json>
          created_at?: string
          created_by?: string | null
          data_schemas?: Json | null
          id?: string
          project_id?: string
          security_requirements?: Json | null
          status?: Database['public']['Enums']['document_status']
          title?: string
          updated_at?: string
          updated_by?: string | null
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: 'technical_architecture_approved_by_fkey'
            columns: ['approved_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'technical_architecture_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'technical_architecture_project_id_fkey'
            columns: ['project_id']
            isOneToOne: false
            referencedRelation: 'projects'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'technical_architecture_updated_by_fkey'
            columns: ['updated_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
        ]
      }
      token_purchases: {
        Row: {
          created_at: string
          created_by: string | null
          dispute: string | null
          id: string
          price_paid: number
          price_refunded: number
          status: string
          stripe_payment_intent_id: string
          token_amount: number
          tokens_due_back: number
          tokens_taken_back: number
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          created_by?: string | null
          dispute?: string | null
          id?: string
          price_paid: number
          price_refunded?: number
          status: string
          stripe_payment_intent_id: string
          token_amount: number
          tokens_due_back?: number
          tokens_taken_back?: number
          workspace_id: string
        }
        Update: {
          created_at?: string
          created_by?: string | null
          dispute?: string | null
          id?: string
          price_paid?: number
          price_refunded?: number
          status?: string
          stripe_payment_intent_id?: string
          token_amount?: number
          tokens_due_back?: number
          tokens_taken_back?: number
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'token_purchases_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'token_purchases_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      token_usage: {
        Row: {
          chat_id: string | null
          created_at: string
          created_by: string | null
          id: string
          idempotency_key: string
          project_id: string | null
          tokens_used: number
          usage_type: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          chat_id?: string | null
          created_at?: string
          created_by?: string | null
          id?: string
          idempotency_key: string
          project_id?: string | null
          tokens_used: number
          usage_type: string
          workspace_id: string
        }
        Update: {
          chat_id?: string | null
          created_at?: string
          created_by?: string | null
          id?: string
          idempotency_key?: string
          project_id?: string | null
          tokens_used?: number
          usage_type?: string
          workspace_id?: string
        }
        Relationships: []
      }
      ui_design: {
        Row: {
          approved_at: string | null
          approved_by: string | null
          color_palette: Json | null
          components: Json | null
          content: NonNullable<Json>
          created_at: string
          created_by: string | null
          id: string
          project_id: string
          status: Database['public']['Enums']['document_status']
          title: string
          ui_framework: string | null
          updated_at: string
          updated_by: string | null
          version: number
        }
        ComputedFields: never
        Insert: {
          approved_at?: string | null
          approved_by?: string | null
          color_palette?: Json | null
          components?: Json | null
          content: NonNullable<Json>
          created_at?: string
          created_by?: string | null
          id?: string
          project_id: string
          status?: Database['public']['Enums']['document_status']
          title: string
          ui_framework?: string | null
          updated_at?: string
          updated_by?: string | null
          version?: number
        }
        Update: {
          approved_at?: string | null
          approved_by?: string | null
          color_palette?: Json | null
          components?: Json | null
          content?: NonNullable<Json>
          created_at?: string
          created_by?: string | null
          id?: string
          project_id?: string
          status?: Database['public']['Enums']['document_status']
          title?: string
          ui_framework?: string | null
          updated_at?: string
          updated_by?: string | null
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: 'ui_design_approved_by_fkey'
            columns: ['approved_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'ui_design_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'ui_design_project_id_fkey'
            columns: ['project_id']
            isOneToOne: false
            referencedRelation: 'projects'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'ui_design_updated_by_fkey'
            columns: ['updated_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
        ]
      }
      users: {
        Row: {
          avatar_url: string | null
          banned_by: string | null
          confirmed_at: string | null
          created_at: string
          deleted_at: string | null
          display_name: string
          email_confirmed_at: string | null
          id: string
          is_super_user: boolean
          last_sign_in_at: string | null
          profile: NonNullable<Json>
          status: Database['public']['Enums']['user_status']
          status_before_ban: Database['public']['Enums']['user_status'] | null
          super_until: string | null
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          avatar_url?: string | null
          banned_by?: string | null
          confirmed_at?: string | null
          created_at?: string
          deleted_at?: string | null
          display_name: string
          email_confirmed_at?: string | null
          id: string
          is_super_user?: boolean
          last_sign_in_at?: string | null
          profile?: NonNullable<Json>
          status?: Database['public']['Enums']['user_status']
          status_before_ban?: Database['public']['Enums']['user_status'] | null
          super_until?: string | null
          updated_at?: string
        }
        Update: {
          avatar_url?: string | null
          banned_by?: string | null
          confirmed_at?: string | null
          created_at?: string
          deleted_at?: string | null
          display_name?: string
          email_confirmed_at?: string | null
          id?: string
          is_super_user?: boolean
          last_sign_in_at?: string | null
          profile?: NonNullable<Json>
          status?: Database['public']['Enums']['user_status']
          status_before_ban?: Database['public']['Enums']['user_status'] | null
          super_until?: string | null
          updated_at?: string
        }
        Relationships: []
      }
      workspace_domains: {
        Row: {
          created_at: string
          created_by: string | null
          domain: string
          id: string
          verification_token: string
          verified_at: string | null
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          created_by?: string | null
          domain: string
          id?: string
          verification_token?: string
          verified_at?: string | null
          workspace_id: string
        }
        Update: {
          created_at?: string
          created_by?: string | null
          domain?: string
          id?: string
          verification_token?: string
          verified_at?: string | null
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'workspace_domains_created_by_fkey'
            columns: ['created_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'workspace_domains_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      workspace_stats: {
        Row: {
          created_at: string
          id: string
          stats_date: string
          tokens_remaining: number
          total_artifacts: number
          total_chats: number
          total_files: number
          total_projects: number
          total_tokens_used: number
          total_users: number
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          id?: string
          stats_date: string
          tokens_remaining: number
          total_artifacts: number
          total_chats: number
          total_files: number
          total_projects: number
          total_tokens_used: number
          total_users: number
          workspace_id: string
        }
        Update: {
          created_at?: string
          id?: string
          stats_date?: string
          tokens_remaining?: number
          total_artifacts?: number
          total_chats?: number
          total_files?: number
          total_projects?: number
          total_tokens_used?: number
          total_users?: number
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'workspace_stats_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      workspace_subscriptions: {
        Row: {
          additional_tokens: number
          base_token_limit: number
          created_at: string
          current_period_end: string
          current_period_start: string
          id: string
          period_used: number
          plan_type: string
          reserved: number
          status: string
          stripe_customer_id: string | null
          stripe_subscription_id: string | null
          told_at: string
          updated_at: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          additional_tokens?: number
          base_token_limit: number
          created_at?: string
          current_period_end?: string
          current_period_start?: string
          id?: string
          period_used?: number
          plan_type: string
          reserved?: number
          status?: string
          stripe_customer_id?: string | null
          stripe_subscription_id?: string | null
          told_at?: string
          updated_at?: string
          workspace_id: string
        }
        Update: {
          additional_tokens?: number
          base_token_limit?: number
          created_at?: string
          current_period_end?: string
          current_period_start?: string
          id?: string
          period_used?: number
          plan_type?: string
          reserved?: number
          status?: string
          stripe_customer_id?: string | null
          stripe_subscription_id?: string | null
          told_at?: string
          updated_at?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'workspace_subscriptions_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      workspace_users: {
        Row: {
          created_at: string
          id: string
          invited_by: string | null
          role: Database['public']['Enums']['workspace_role']
          user_id: string
          workspace_id: string
        }
        ComputedFields: never
        Insert: {
          created_at?: string
          id?: string
          invited_by?: string | null
          role: Database['public']['Enums']['workspace_role']
          user_id: string
          workspace_id: string
        }
        Update: {
          created_at?: string
          id?: string
          invited_by?: string | null
          role?: Database['public']['Enums']['workspace_role']
          user_id?: string
          workspace_id?: string
        }
        Relationships: [
          {
            foreignKeyName: 'workspace_users_invited_by_fkey'
            columns: ['invited_by']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'workspace_users_user_id_fkey'
            columns: ['user_id']
            isOneToOne: false
            referencedRelation: 'users'
            referencedColumns: ['id']
          },
          {
            foreignKeyName: 'workspace_users_workspace_id_fkey'
            columns: ['workspace_id']
            isOneToOne: false
            referencedRelation: 'workspaces'
            referencedColumns: ['id']
          },
        ]
      }
      workspaces: {
        Row: {
          color_palette: Json | null
          company_name: string
          created_at: string
          deleted_at: string | null
          description: string | null
          id: string
          is_active: boolean
          is_global: boolean
          logo_url: string | null
          name: string
          purged_at: string | null
          settings: NonNullable<Json>
          updated_at: string
        }
        ComputedFields: never
        Insert: {
          color_palette?: Json | null
          company_name: string
          created_at?: string
          deleted_at?: string | null
          description?: string | null
          id?: string
          is_active?: boolean
          is_global?: boolean
          logo_url?: string | null
          name: string
          purged_at?: string | null
          settings?: NonNullable<Json>
          updated_at?: string
        }
        Update: {
          color_palette?: Json | null
          company_name?: string
          created_at?: string
          deleted_at?: string | null
          description?: string | null
          id?: string
          is_active?: boolean
          is_global?: boolean
          logo_url?: string | null
          name?: string
          purged_at?: string | null
          settings?: NonNullable<Json>
          updated_at?: string
        }
        Relationships: []
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      accept_invitation: { Args: { token: string }; Returns: Json }
      archive_project: { Args: { project: string; reason?: string }; Returns: undefined }
      archive_workspace: { Args: { reason?: string; workspace: string }; Returns: undefined }
      artifact_metadata: { Args: { artifact: string }; Returns: Json }
      audit_digests_for_service: {
        Args: { since?: string }
        Returns: {
          day: string
          digest: string
          line_count: number
        }[]
      }
      begin_oauth2_for_service: { Args: { connection: string; person: string }; Returns: Json }
      begin_oauth2_refresh_for_service: {
        Args: { connection: string; person: string; seconds?: number; seen?: string }
        Returns: Json
      }
      blobs_removed_for_service: { Args: { names: string[] }; Returns: undefined }
      break_glass: { Args: { hours?: number; project: string; why: string }; Returns: undefined }
      chat_overview: {
        Args: { project: string }
        Returns: {
          id: string
          is_active: boolean
          last_message_at: string
          title: string
          unread: number
        }[]
      }
      claim_domain: { Args: { domain: string; workspace: string }; Returns: string }
      commit_artifact_changes: {
        Args: { artifact_id: string; changes: Json; expected: Json }
        Returns: Json
      }
      company_email_domains: {
        Args: { only_verified?: boolean; workspace: string }
        Returns: string[]
      }
      consume_tokens: {
        Args: {
          actor?: string
          chat: string
          idempotency_key: string
          project: string
          token_count: number
          usage_type: string
          workspace: string
        }
        Returns: number
      }
      create_invitation: {
        Args: { email: string; role: string; scope: string; scope_id: string }
        Returns: string
      }
      create_project: {
        Args: { description?: string; id?: string; name: string; workspace: string }
        Returns: string
      }
      create_workspace: { Args: { company_name: string; name: string }; Returns: string }
      delete_artifact: { Args: { artifact: string }; Returns: undefined }
      delete_project: { Args: { project: string; reason?: string }; Returns: undefined }
      delete_workspace: { Args: { reason?: string; workspace: string }; Returns: undefined }
      detach_old_audit_for_service: { Args: Record<PropertyKey, never>; Returns: string[] }
      end_oauth2_refresh_for_service: {
        Args: { connection: string; lease: string; person: string }
        Returns: boolean
      }
      erase_my_account: { Args: { confirmation: string }; Returns: undefined }
      export_my_data: { Args: Record<PropertyKey, never>; Returns: Json }
      give_workspace_owner: {
        Args: { person: string; why: string; workspace: string }
        Returns: undefined
      }
      mark_chat_read: { Args: { chat: string; until?: string }; Returns: undefined }
      my_account: { Args: Record<PropertyKey, never>; Returns: Json }
      my_places: { Args: Record<PropertyKey, never>; Returns: Json }
      notices_for_service: {
        Args: { max_rows?: number }
        Returns: {
          created_at: string
          detail: Json
          email: string
          id: string
          kind: string
          project_id: string
        }[]
      }
      notices_sent_for_service: { Args: { ids: string[] }; Returns: undefined }
      order_projects: {
        Args: { mutation: string; projects: string[]; workspace: string }
        Returns: boolean
      }
      platform_assessment: {
        Args: Record<PropertyKey, never>
        Returns: {
          assessed_at: string
          detail: string
          failing_since: string
          finding: string
          passed: boolean
        }[]
      }
      pull_project: {
        Args: {
          after_artifact?: string
          after_file?: string
          at_most?: number
          known_digest?: string
          of_artifact?: string
          of_epoch?: string
          project: string
          since?: unknown
          with_digest?: boolean
        }
        Returns: Json
      }
      read_secret_for_service: {
        Args: { actor?: string; secret: string; why: string }
        Returns: Json
      }
      record_dispute_for_service: {
        Args: { event: string; outcome: string; payment_intent: string }
        Returns: boolean
      }
      record_payment_for_service: {
        Args: {
          event: string
          payment_intent: string
          payment_status: string
          person?: string
          price: number
          tokens: number
          workspace: string
        }
        Returns: boolean
      }
      record_refund_for_service: {
        Args: { event: string; payment_intent: string; refunded: number }
        Returns: boolean
      }
      record_subscription_for_service: {
        Args: {
          customer: string
          event: string
          happened_at?: string
          period_end: string
          period_start: string
          plan: string
          subscription: string
          subscription_status: string
          workspace: string
        }
        Returns: boolean
      }
      refresh_stats: { Args: { workspace: string }; Returns: undefined }
      rename_artifact: {
        Args: { artifact: string; known_titles?: string[]; mutation: string; title: string }
        Returns: boolean
      }
      rename_myself: { Args: { display_name: string; mutation: string }; Returns: boolean }
      reserve_tokens: {
        Args: {
          actor?: string
          chat: string
          idempotency_key: string
          project: string
          seconds?: number
          token_count: number
          usage_type: string
          workspace: string
        }
        Returns: string
      }
      restorable_places: {
        Args: Record<PropertyKey, never>
        Returns: {
          deleted_at: string
          id: string
          kind: string
          name: string
          reason: string
          restorable_until: string
          workspace_id: string
        }[]
      }
      restore_artifact: { Args: { artifact_id: string; to_revision: number }; Returns: Json }
      restore_artifact_revision: {
        Args: {
          artifact: string
          mutation: string
          newest: number
          revision: number
          since?: string[]
          since_revisions?: number[]
        }
        Returns: boolean
      }
      restore_deleted_artifact: { Args: { artifact: string }; Returns: undefined }
      restore_file_revision: {
        Args: {
          artifact: string
          file: string
          media_type: string
          mutation: string
          newest: number
          revision: number
          since?: string[]
          since_revisions?: number[]
        }
        Returns: boolean
      }
      restore_project: { Args: { project: string }; Returns: undefined }
      restore_workspace: { Args: { workspace: string }; Returns: undefined }
      search_artifacts: {
        Args: { before?: string; before_id?: string; max_rows?: number; query: string }
        Returns: {
          artifact_type: string
          id: string
          project_id: string
          title: string
          updated_at: string
        }[]
      }
      search_places: {
        Args: { max_rows?: number; query: string }
        Returns: {
          id: string
          kind: string
          name: string
          workspace_id: string
        }[]
      }
      set_connection_secret: {
        Args: { id: string; kind: string; secret: Json }
        Returns: undefined
      }
      set_super_user: {
        Args: { allowed: boolean; target: string; until?: string; why: string }
        Returns: undefined
      }
      set_user_status: {
        Args: {
          new_status: Database['public']['Enums']['user_status']
          target: string
          why: string
        }
        Returns: undefined
      }
      settle_tokens: { Args: { reservation: string; used?: number }; Returns: number }
      storage_deletions_for_service: {
        Args: { max_rows?: number }
        Returns: {
          bucket_id: string
          id: number
          name: string
        }[]
      }
      store_oauth2_token_for_service: {
        Args: {
          connection: string
          expires?: string
          lease?: string
          person: string
          scope?: string
          tokens: Json
        }
        Returns: string
      }
      take_oauth2_state_for_service: { Args: { person?: string; state: string }; Returns: Json }
      unreferenced_blobs_for_service: {
        Args: { grace?: string; max_rows?: number }
        Returns: string[]
      }
      verify_domain_for_service: { Args: { domain_id: string }; Returns: undefined }
      workspace_directory: {
        Args: { workspace: string }
        Returns: {
          display_name: string
          email: string
          role: Database['public']['Enums']['workspace_role']
          user_id: string
        }[]
      }
    }
    Enums: {
      artifact_status: 'pending' | 'generating' | 'ready' | 'failed' | 'archived'
      document_status: 'draft' | 'review' | 'approved' | 'archived'
      project_kind: 'team' | 'personal'
      project_role: 'viewer' | 'contributor' | 'manager' | 'owner'
      user_status: 'invited' | 'waitlist' | 'active' | 'inactive' | 'banned' | 'archived'
      workspace_role: 'project_creator' | 'admin' | 'owner'
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, 'public'>]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema['Tables'] & DefaultSchema['Views'])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Views'])
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Views'])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema['Tables'] & DefaultSchema['Views'])
    ? (DefaultSchema['Tables'] & DefaultSchema['Views'])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema['Tables']
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables']
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema['Tables']
    ? DefaultSchema['Tables'][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema['Tables']
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables']
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions['schema']]['Tables'][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema['Tables']
    ? DefaultSchema['Tables'][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema['Enums']
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions['schema']]['Enums']
    : never = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions['schema']]['Enums'][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema['Enums']
    ? DefaultSchema['Enums'][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema['CompositeTypes']
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions['schema']]['CompositeTypes']
    : never = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions['schema']]['CompositeTypes'][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema['CompositeTypes']
    ? DefaultSchema['CompositeTypes'][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {
      artifact_status: ['pending', 'generating', 'ready', 'failed', 'archived'],
      document_status: ['draft', 'review', 'approved', 'archived'],
      project_kind: ['team', 'personal'],
      project_role: ['viewer', 'contributor', 'manager', 'owner'],
      user_status: ['invited', 'waitlist', 'active', 'inactive', 'banned', 'archived'],
      workspace_role: ['project_creator', 'admin', 'owner'],
    },
  },
} as const
